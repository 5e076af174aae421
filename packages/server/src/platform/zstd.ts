import { ZSTDDecoder } from "zstddec";

const decoder = new ZSTDDecoder();

/**
 * What zstd has packed. Undefined when the bytes are not zstd, are cut or damaged, or hold more than `bytesMax`: there is
 * one buffer of that size, and whatever would not fit is not unpacked. See docs/adr/0014.
 */
export async function unpackZstd(packed: Uint8Array, bytesMax: number): Promise<Buffer | undefined> {
  await decoder.init();
  const bytes = decoder.decode(packed, bytesMax);
  // The decoder reports an error as an empty result; no document is empty.
  return bytes.length === 0 ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
