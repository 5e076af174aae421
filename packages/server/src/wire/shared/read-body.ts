import { Readable } from "node:stream";
import { DomainError } from "../../platform/errors.ts";

/** The whole of a body that arrives as a stream. Errors: too_large/body_too_large. */
export async function readBody(body: unknown, bytesMax: number): Promise<Buffer> {
  if (!(body instanceof Readable)) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) {
      throw new DomainError(
        "too_large",
        "body_too_large",
        `The body has more than the ${bytesMax} bytes that are allowed.`,
      );
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
