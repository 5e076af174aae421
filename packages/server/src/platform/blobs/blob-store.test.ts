import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlobStore } from "./blob-store.ts";
import { createDirectoryBlobStore } from "./directory-blob-store.ts";
import { createS3BlobStore } from "./s3-blob-store.ts";

/** The S3 service is a stand-in, s3rver: a real one cannot be had on one machine without internet. */
const kinds = [
  {
    name: "directory",
    async open(directory: string) {
      return { store: createDirectoryBlobStore(directory), close: async () => {} };
    },
  },
  {
    name: "s3",
    async open(directory: string) {
      process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
      process.env["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
      const service = new S3rver({
        port: 0,
        address: "127.0.0.1",
        silent: true,
        directory,
        configureBuckets: [{ name: "ingot", configs: [] }],
      });
      const address = await service.run();
      const store = await createS3BlobStore({
        bucket: "ingot",
        prefix: "a/b",
        endpoint: `http://127.0.0.1:${address.port}`,
        forcePathStyle: true,
      });
      return {
        store,
        close: async () => {
          store.close();
          await service.close();
        },
      };
    },
  },
];

describe.each(kinds)("blobs in a $name", (kind) => {
  let directory: string;
  let store: BlobStore;
  let close: () => Promise<void>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-blobs-"));
    ({ store, close } = await kind.open(directory));
  });
  afterAll(async () => {
    await close();
    await rm(directory, { recursive: true, force: true });
  });

  it("gives back the bytes, also empty ones, and knows what is not there", async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    await store.put("states/sv-1/x", bytes);
    await store.put("empty", Buffer.alloc(0));
    expect(await store.get("states/sv-1/x")).toEqual(bytes);
    expect(await store.get("empty")).toHaveLength(0);
    expect(await store.get("states/none")).toBeUndefined();
  });

  it("takes a file in and gives it back as one", async () => {
    const files = await mkdtemp(join(tmpdir(), "ingot-files-"));
    const bytes = randomBytes(3 << 20);
    await writeFile(join(files, "in"), bytes);
    await store.putFile("archives/large", join(files, "in"));
    expect(await store.getFile("archives/large", join(files, "out"))).toBe(true);
    expect((await readFile(join(files, "out"))).equals(bytes)).toBe(true);
    expect(await store.getFile("archives/none", join(files, "none"))).toBe(false);
    await rm(files, { recursive: true });
  });

  it("gives back a part, as far as there is one", async () => {
    await store.put("part", Buffer.from("0123456789"));
    expect((await store.getRange("part", 2, 5))?.toString()).toBe("234");
    expect((await store.getRange("part", 8, 50))?.toString()).toBe("89");
    expect(await store.getRange("part", 10, 20)).toHaveLength(0);
    expect(await store.getRange("none", 0, 1)).toBeUndefined();
  });

  it("removes, and does not mind removing twice", async () => {
    await store.put("gone", Buffer.from("x"));
    await store.remove("gone");
    await store.remove("gone");
    expect(await store.get("gone")).toBeUndefined();
  });

  it.each(["../x", "a/../b", "/x", "", "a//b", "a\0b", ".hidden"])("refuses the key %j", async (key) => {
    await expect((async () => store.put(key, Buffer.from("x")))()).rejects.toThrow(/Bad blob key/);
  });
});

it("leaves no half-written file beside a blob", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ingot-blobs-"));
  const store = createDirectoryBlobStore(directory);
  await Promise.all(Array.from({ length: 10 }, () => store.put("same", Buffer.from("same bytes"))));
  expect(await readdir(directory)).toEqual(["same"]);
  await rm(directory, { recursive: true });
});
