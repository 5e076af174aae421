import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeArchive, type ArchiveEntry } from "../testing/make-archive.ts";
import { unpackArchive, type ArchiveLimits } from "./unpack-archive.ts";

let directory: string;
let into: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-unpack-"));
  into = join(directory, "tree");
  await mkdir(into);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const limits: ArchiveLimits = { bytesMax: 10_000, entriesMax: 50 };

async function unpack(archive: Buffer, within: ArchiveLimits = limits): Promise<void> {
  const file = join(directory, "archive.tar.gz");
  await writeFile(file, archive);
  await unpackArchive(file, into, within);
}

const fine: ArchiveEntry = { name: "fine.tf", text: "fine" };
const file = (name: string, text = ""): ArchiveEntry => ({ name, text });
const link = (name: string, linkname: string): ArchiveEntry => ({ name, type: "symlink", linkname });

describe("unpacking", () => {
  it("makes files, directories and links inside the tree", async () => {
    await unpack(
      await makeArchive([
        { name: "./", type: "directory" },
        { name: "modules/a/", type: "directory" },
        file("./modules/a/main.tf", "a"),
        { name: "run.sh", text: "x", mode: 0o6755, uid: 12345, gid: 12345 },
        { name: "secret", text: "x", mode: 0o400 },
        link("modules/b", "a"),
        link("modules/a/up", "../../run.sh"),
        link("later", "modules/b/main.tf"),
        link("dangling", "not-there-yet"),
        file(`${"long-".repeat(30)}/${"name-".repeat(30)}`, "long"),
      ]),
    );
    expect(await readFile(join(into, "later"), "utf8")).toBe("a");
    expect(await readlink(join(into, "modules/b"))).toBe("a");
    const script = await stat(join(into, "run.sh"));
    expect(script.mode & 0o7777).toBe(0o755);
    expect(script.uid).toBe(process.getuid?.());
    expect((await stat(join(into, "secret"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(into, "long-".repeat(30), "name-".repeat(30)), "utf8")).toBe("long");
  });

  it("takes an archive of nothing", async () => {
    await unpack(await makeArchive([]));
    expect(await readdir(into)).toEqual([]);
  });

  it.each<[string, ArchiveEntry[], RegExp]>([
    ["a path upwards", [fine, file("../outside")], /"\.\.\/outside" leads upwards/],
    ["a path upwards in the middle", [fine, file("a/../../outside")], /leads upwards/],
    ["an absolute path", [fine, file("/etc/outside")], /absolute path/],
    ["a link upwards", [fine, link("a", "..")], /leads out of the configuration/],
    ["a link far upwards", [fine, link("a/b", "../../../etc")], /leads out of the configuration/],
    ["an absolute link", [fine, link("a", "/etc/passwd")], /absolute path/],
    [
      "a link that leaves through another link",
      [fine, link("d/e/up", "../.."), link("out", "d/e/up/../x")],
      /leads out/,
    ],
    ["links in a circle", [fine, link("a", "b"), link("b", "a")], /circle/],
    ["a link to nothing", [fine, link("a", "")], /leads nowhere/],
    ["a file below a link", [fine, link("a", "b"), file("a/file")], /lies below "a"/],
    ["a file below a link that comes later", [fine, file("a/file"), link("a", "b")], /lies below "a"/],
    ["a file below a file", [fine, file("a"), file("a/file")], /lies below "a"/],
    ["two entries for one path", [fine, file("a"), link("./a", "b")], /more than one entry for "a"/],
    ["a hard link", [fine, { name: "a", type: "link", linkname: "fine.tf" }], /hard link/],
    ["a pipe", [fine, { name: "a", type: "fifo" }], /"a" is a fifo/],
    [
      "a character device",
      [fine, { name: "a", type: "character-device", devmajor: 1, devminor: 3 }],
      /character-device/,
    ],
    ["a block device", [fine, { name: "a", type: "block-device" }], /block-device/],
    ["a file without a name", [fine, file(".")], /not a file name/],
    ["too many bytes", [fine, file("a", "x".repeat(6000)), file("b", "x".repeat(6000))], /more than the 10000 bytes/],
    ["too many entries", Array.from({ length: 51 }, (_, i) => file(`f${i}`)), /more than 50 entries/],
  ])("refuses %s, and writes nothing", async (_name, entries, reason) => {
    await expect(makeArchive(entries).then((archive) => unpack(archive))).rejects.toThrow(reason);
    expect(await readdir(into)).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual(["archive.tar.gz", "tree"]);
  });

  it("refuses an archive that unpacks to far more than its entries say", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    await expect(unpack(Buffer.concat([(await makeArchive([fine])).subarray(0, 0), bomb]))).rejects.toThrow(
      "10000 bytes",
    );
  });

  it.each([
    ["no gzip", Buffer.from("hello")],
    ["no tar", gzipSync(Buffer.from("hello ".repeat(500)))],
    ["an empty body", Buffer.alloc(0)],
  ])("says that an archive is none: %s", async (_name, bytes) => {
    await expect(unpack(bytes)).rejects.toThrow("not a gzip-compressed tar archive");
  });

  it("refuses an archive that ends too early", async () => {
    const whole = await makeArchive([fine, file("b", "x".repeat(5000))]);
    await expect(unpack(whole.subarray(0, whole.length - 20))).rejects.toThrow("not a gzip-compressed tar archive");
    expect(await readdir(into)).toEqual([]);
  });
});
