import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * Signs where a page of a list begins, so that a client can bring it back and nobody can make one up. `list` says what is
 * listed and how: a token of another list does not open. The same on every replica, and after a restart.
 */
export interface PageSigner {
  sign(list: string, place: string): string;
  /** The place; undefined for anything that this signer has not signed for this list. */
  open(list: string, token: string): string | undefined;
}

const macBytes = 16;

export function createPageSigner(masterKey: Uint8Array): PageSigner {
  const key = Buffer.from(hkdfSync("sha256", masterKey, "", "ingot page tokens", 32));
  const macOf = (list: string, place: string): Buffer =>
    createHmac("sha256", key)
      .update(JSON.stringify([list, place]))
      .digest()
      .subarray(0, macBytes);
  return {
    sign(list, place) {
      return Buffer.concat([macOf(list, place), Buffer.from(place)]).toString("base64url");
    },
    open(list, token) {
      const bytes = Buffer.from(token, "base64url");
      if (bytes.length < macBytes) return undefined;
      const place = bytes.subarray(macBytes).toString("utf8");
      return timingSafeEqual(bytes.subarray(0, macBytes), macOf(list, place)) ? place : undefined;
    },
  };
}
