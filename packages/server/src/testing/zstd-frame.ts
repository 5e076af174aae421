const blockBytesMax = 128 * 1024;

/** Bytes as one zstd frame that packs nothing: raw blocks. For tests; it needs no compressor. Source: RFC 8878, 3.1.1. */
export function zstdFrame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  // One segment, whose size is written in four bytes.
  header[4] = 0b1010_0000;
  header.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [header];
  for (let from = 0; from === 0 || from < bytes.length; from += blockBytesMax) {
    const block = bytes.subarray(from, from + blockBytesMax);
    const isLast = from + blockBytesMax >= bytes.length;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | Number(isLast), 0, 3);
    parts.push(blockHeader, block);
  }
  return Buffer.concat(parts);
}
