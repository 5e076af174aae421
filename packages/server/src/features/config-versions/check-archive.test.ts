import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { archive, type Entry } from "../../testing/tfe-fixture.ts";
import { checkArchive } from "./check-archive.ts";

const limits = { bytesMax: 10_000, entriesMax: 10 };

async function check(entries: readonly Entry[], more: Partial<typeof limits> = {}): Promise<string> {
  return checkArchive(await archive(entries), { ...limits, ...more }).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );
}

const link = (name: string, linkname: string): Entry => ({ name, type: "symlink", linkname });
const hardLink = (name: string, linkname: string): Entry => ({ name, type: "link", linkname });

describe("a configuration archive", () => {
  it.each<[string, Entry[]]>([
    ["with files and directories", [{ name: "modules/", type: "directory" }, ["modules/a.tf", "x"], ["main.tf", "y"]]],
    ["that is empty", []],
    ["with a link to a neighbour", [["a.tf", "x"], link("b.tf", "a.tf")]],
    ["with a link to a directory above that is still inside", [link("env/prod/shared", "../../shared")]],
    ["with a hard link inside", [["a.tf", "x"], hardLink("b.tf", "a.tf")]],
    ["with the names that other tools write", [["./main.tf", "x"]]],
    ["with a long name", [[`${"d/".repeat(60)}${"n".repeat(80)}.tf`, "x"]]],
  ])("%s is accepted", async (_name, entries) => {
    expect(await check(entries)).toBe("accepted");
  });

  it.each<[string, Entry[], string]>([
    ["climbs", [["../evil", "x"]], "archive_name"],
    ["climbs in the middle", [["a/../../evil", "x"]], "archive_name"],
    ["climbs with backslashes", [["..\\evil", "x"]], "archive_name"],
    ["is absolute", [["/etc/passwd", "x"]], "archive_name"],
    ["links to an absolute path", [link("a", "/etc")], "archive_link"],
    ["links out", [link("a", "../b")], "archive_link"],
    ["links out from a directory", [link("d/a", "../../b")], "archive_link"],
    ["links through a name and up", [link("a", "b/../../c")], "archive_link"],
    ["links hard and out", [hardLink("a", "../b")], "archive_link"],
    ["writes through a link", [link("d", "."), ["d/x", "x"]], "archive_name"],
    ["writes over a link", [link("d", "e"), ["d", "x"]], "archive_name"],
    ["links below a link, where `..` means something else", [link("y", "."), link("y/x", "..")], "archive_name"],
    ["puts a link in the place of a directory", [["d/x", "x"], link("d", ".")], "archive_name"],
    ["is a pipe", [{ name: "p", type: "fifo" }], "archive_entry_type"],
    ["is a device", [{ name: "null", type: "character-device" }], "archive_entry_type"],
    ["is a disk", [{ name: "sda", type: "block-device" }], "archive_entry_type"],
  ])("whose entry %s is refused", async (_name, entries, code) => {
    expect(await check(entries)).toBe(code);
  });

  it("of exactly the allowed size is accepted, and one byte more is refused", async () => {
    expect(
      await check([
        ["a", "x".repeat(5000)],
        ["b", "x".repeat(5000)],
      ]),
    ).toBe("accepted");
    expect(
      await check([
        ["a", "x".repeat(5000)],
        ["b", "x".repeat(5001)],
      ]),
    ).toBe("archive_too_large");
  });

  it("with more entries than allowed is refused", async () => {
    const entries = Array.from({ length: 11 }, (_, i): Entry => [`f${i}`, ""]);
    expect(await check(entries)).toBe("archive_too_many_entries");
    expect(await check(entries.slice(1))).toBe("accepted");
  });

  it("that inflates to far more than it says is refused without being held in memory", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(checkArchive(bomb, limits)).rejects.toMatchObject({ code: "archive_too_large" });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("not an archive")],
    ["gzip that holds no tar", gzipSync(Buffer.from("x".repeat(700)))],
    ["an archive that was cut", undefined],
  ])("that is %s is refused", async (_name, bytes) => {
    const cut = (await archive([["a", "x".repeat(3000)]])).subarray(0, 60);
    await expect(checkArchive(bytes ?? cut, limits)).rejects.toMatchObject({ code: "archive_malformed" });
  });
});
