import { describe, expect, it } from "vitest";
import { createHclReader } from "./hcl-reader.ts";

const read = createHclReader();

describe("the reader of HCL", () => {
  it("gives blocks by type and label, in the order of the text, and keeps expressions as texts", async () => {
    const text = 'provisioner "shell" {\n  inline = [var.x]\n}\nprovisioner "shell" {\n  inline = ["b"]\n}\n';
    expect(await read(text)).toEqual({ provisioner: { shell: [{ inline: ["${var.x}"] }, { inline: ["b"] }] } });
  });

  it("says on which line a text is wrong, and goes on reading others", async () => {
    await expect(read('provisioner "shell" {\n  inline = [\n}\n')).rejects.toMatchObject({
      kind: "invalid",
      code: "hcl_syntax",
      message: expect.stringMatching(/^Line 3, column 1: Invalid expression/) as string,
    });
    await expect(read("a {\n b = 1\n b = 2\n}")).rejects.toMatchObject({
      message: expect.stringMatching(/^Line 3, column 2: Attribute redefined.* already set at line 2,2-3/) as string,
    });
    expect(await read("")).toEqual({});
  });

  it("outlives a text that breaks the parser", async () => {
    await expect(read(`a = ${"[".repeat(200_000)}`)).rejects.toMatchObject({ code: "hcl_unreadable" });
    expect(await read("a = 1")).toEqual({ a: 1 });
  });

  it("stops a text that takes too long", async () => {
    await expect(createHclReader({ timeoutMs: 1 })("a = 1")).rejects.toMatchObject({ code: "hcl_unreadable" });
  });

  it("reads one at a time and lets only a few wait", async () => {
    const readOne = createHclReader({ waitingMax: 1 });
    const [first, second] = await Promise.allSettled([readOne("a = 1"), readOne("a = 2")]);
    expect(first).toEqual({ status: "fulfilled", value: { a: 1 } });
    expect(second).toMatchObject({ status: "rejected", reason: { kind: "unavailable", code: "hcl_busy" } });
  });
});
