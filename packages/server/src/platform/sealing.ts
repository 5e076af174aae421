import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals secrets with AES-256-GCM. `context` says what the bytes are (for example `state:sv-…`): a sealed value that is
 * moved to another place does not open there.
 */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Buffer;
  /** Throws when the bytes were changed, sealed under another key, or belong to another context. */
  open(sealed: Uint8Array, context: string): Buffer;
}

export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== 32) throw new Error("A sealing key has 32 bytes.");
  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < 1 + nonceBytes + tagBytes || bytes[0] !== version) throw new Error("Not a sealed value.");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 1 + nonceBytes));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(1 + nonceBytes + tagBytes)), decipher.final()]);
    },
  };
}

/** Seals a text for a database column. */
export function sealText(sealer: Sealer, plain: string, context: string): string {
  return sealer.seal(Buffer.from(plain), context).toString("base64");
}

export function openText(sealer: Sealer, sealed: string, context: string): string {
  return sealer.open(Buffer.from(sealed, "base64"), context).toString("utf8");
}
