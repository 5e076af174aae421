import { hkdfSync } from "node:crypto";
import { SignJWT, jwtVerify } from "jose";
import { DomainError } from "./errors.ts";

/**
 * Makes tokens that carry their own permission, for URLs that clients open without a bearer: uploads, downloads, logs.
 * The token belongs in the path, since the log reader of go-tfe replaces the whole query.
 */
export interface UrlSigner {
  /** `purpose` keeps a token for one route from working on another; `subject` names the one resource. */
  sign(purpose: string, subject: string, lifetimeMs: number): Promise<string>;
  /** The subject. Errors: not_found/no_such_link for anything forged, expired or made for another purpose. */
  verify(purpose: string, token: string): Promise<string>;
}

export function createUrlSigner(masterKey: Uint8Array, now: () => number): UrlSigner {
  const key = new Uint8Array(hkdfSync("sha256", masterKey, "", "ingot url signing", 32));
  return {
    async sign(purpose, subject, lifetimeMs) {
      return new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(purpose)
        .setSubject(subject)
        .setExpirationTime(Math.ceil((now() + lifetimeMs) / 1000))
        .sign(key);
    },
    async verify(purpose, token) {
      try {
        const { payload } = await jwtVerify(token, key, { audience: purpose, currentDate: new Date(now()) });
        if (payload.sub !== undefined) return payload.sub;
      } catch {
        // Falls through: why a link does not work is nobody's business.
      }
      throw new DomainError("not_found", "no_such_link", "This link does not exist or is no longer valid.");
    },
  };
}
