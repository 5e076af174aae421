import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { countZipEntries, readZipEntries, type ZipLimits } from "./zip-entries.ts";

const roomy: ZipLimits = { entriesMax: 100, entryBytesMax: 1 << 20, totalBytesMax: 1 << 20 };

describe("reading a zip archive", () => {
  let directory: string;
  let written = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-zip-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function write(archive: Buffer): Promise<string> {
    const file = join(directory, String(written++));
    await writeFile(file, archive);
    return file;
  }

  async function read(archive: Buffer, limits: Partial<ZipLimits> = {}): Promise<string[]> {
    const names: string[] = [];
    for await (const entry of readZipEntries(await write(archive), { ...roomy, ...limits })) names.push(entry.name);
    return names;
  }

  it("gives every file with its name and bytes, and counts folders too", async () => {
    const zip = new ZipFile();
    zip.addEmptyDirectory("folder");
    zip.addBuffer(Buffer.from("one"), "folder/a.json");
    const file = await write(await finish(zip));
    const entries = [];
    for await (const { name, bytes } of readZipEntries(file, roomy)) entries.push([name, bytes.toString()]);
    expect(entries).toEqual([["folder/a.json", "one"]]);
    expect(await countZipEntries(file, roomy)).toBe(2);
  });

  it("refuses an entry that is larger than the limit, and takes one that is as large", async () => {
    const archive = await zipOf({ small: 10, big: 11 });
    expect(await read(archive, { entryBytesMax: 11 })).toEqual(["small", "big"]);
    await expect(read(archive, { entryBytesMax: 10 })).rejects.toMatchObject({
      kind: "too_large",
      code: "zip_too_large",
      message: expect.stringContaining("big"),
    });
  });

  it("refuses more entries than the limit before it reads one", async () => {
    const archive = await zipOf({ a: 1, b: 1, c: 1 });
    await expect(countZipEntries(await write(archive), { ...roomy, entriesMax: 2 })).rejects.toMatchObject({
      code: "zip_too_large",
    });
    await expect(read(archive, { entriesMax: 2 })).rejects.toMatchObject({ code: "zip_too_large" });
    expect(await read(archive, { entriesMax: 3 })).toHaveLength(3);
  });

  it("refuses entries that are too much together, though each is within its limit", async () => {
    const archive = await zipOf({ a: 50, b: 50 });
    await expect(read(archive, { totalBytesMax: 99 })).rejects.toMatchObject({ code: "zip_too_large" });
    expect(await read(archive, { totalBytesMax: 100 })).toHaveLength(2);
  });

  it.each([10, 2_000_000])(
    "stops unpacking an entry of two megabytes that claims to hold %i bytes",
    async (claimed) => {
      const archive = await zipOf({ bomb: 2_000_001 });
      // The directory at the end is what a reader goes by; the size stands 24 bytes into its entry.
      archive.writeUInt32LE(claimed, archive.indexOf("PK\x01\x02", 0, "latin1") + 24);
      await expect(read(archive, { entryBytesMax: 2_000_000, totalBytesMax: 2_000_000 })).rejects.toMatchObject({
        kind: "invalid",
        code: "zip_unreadable",
      });
    },
  );

  it.each(["../../aaaa.json", "/aaaaaaa/a.json", "C:/aaaaa/a.json"])(
    "refuses the name %s, which would lead out of a folder",
    async (name) => {
      // The writer would refuse it too.
      const honest = "a".repeat(name.length);
      const archive = Buffer.from((await zipOf({ [honest]: 1 })).toString("latin1").replaceAll(honest, name), "latin1");
      await expect(read(archive)).rejects.toMatchObject({ kind: "invalid", code: "zip_unreadable" });
    },
  );

  it.each([
    ["is cut off", async () => (await zipOf({ a: 100 })).subarray(0, 60)],
    ["is empty", async () => Buffer.alloc(0)],
  ])("says that a file is no archive when it %s", async (_what, make) => {
    await expect(read(await make())).rejects.toMatchObject({ kind: "invalid", code: "zip_unreadable" });
  });
});

/** An archive of files that are so many bytes long. */
async function zipOf(sizes: Readonly<Record<string, number>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, size] of Object.entries(sizes)) zip.addBuffer(Buffer.alloc(size, "b"), name);
  return finish(zip);
}

async function finish(zip: ZipFile): Promise<Buffer> {
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
