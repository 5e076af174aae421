import { describe, expect, it } from "vitest";
import { zstdFrame } from "../testing/zstd-frame.ts";
import { unpackZstd } from "./zstd.ts";

const text = Buffer.from("golden ".repeat(40_000));

/** A frame of no known size with one block that repeats a byte: two megabytes in four bytes. Source: RFC 8878, 3.1.1.2. */
function bomb(blocks: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88]);
  const bodies = Array.from({ length: blocks }, (_, i) => {
    const block = Buffer.alloc(4);
    block.writeUIntLE(((128 << 10) << 3) | (1 << 1) | Number(i === blocks - 1), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...bodies]);
}

describe("what zstd has packed", () => {
  it("comes out as it went in, also of several frames", async () => {
    const twice = await unpackZstd(Buffer.concat([zstdFrame(text), zstdFrame(text)]), 1 << 20);
    expect((await unpackZstd(zstdFrame(text), 1 << 20))?.equals(text)).toBe(true);
    expect(twice?.equals(Buffer.concat([text, text]))).toBe(true);
  });

  it("comes out up to the bound and not a byte more", async () => {
    expect((await unpackZstd(zstdFrame(text), text.length))?.length).toBe(text.length);
    expect(await unpackZstd(zstdFrame(text), text.length - 1)).toBeUndefined();
  });

  it("is not unpacked when it would fill the memory", async () => {
    expect((await unpackZstd(bomb(8), 1 << 20))?.length).toBe(1 << 20);
    expect(await unpackZstd(bomb(9), 1 << 20)).toBeUndefined();
    expect(await unpackZstd(bomb(200_000), 1 << 20)).toBeUndefined();
  });

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("not zstd")],
    ["a frame that was cut", zstdFrame(text).subarray(0, -1)],
    ["a frame with something behind it", Buffer.concat([zstdFrame(text), Buffer.from("rest")])],
  ])("is told from %s", async (_what, bytes) => {
    expect(await unpackZstd(bytes, 1 << 20)).toBeUndefined();
  });
});
