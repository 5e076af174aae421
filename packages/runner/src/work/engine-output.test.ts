import { expect, it } from "vitest";
import { readEngineOutput } from "./engine-output.ts";

function read(text: string) {
  const output = readEngineOutput();
  for (const byte of Buffer.from(text)) output.read(Buffer.from([byte]));
  return output;
}

it.each([
  ["Apply complete! Resources: 2 added, 0 changed, 1 destroyed.", 2, 0, 1, 0],
  ["Apply complete! Resources: 3 imported, 12 added, 4 changed, 0 destroyed.", 12, 4, 0, 3],
  ["Destroy complete! Resources: 5 destroyed.", 0, 0, 5, 0],
])("reads the counts of %j", (line, additions, changes, destructions, imports) => {
  expect(read(`x: Creating...\n\n${line}\n\nOutputs:\n`).counts()).toEqual({
    additions,
    changes,
    destructions,
    imports,
  });
});

it("takes no counts from what a provisioner prints", () => {
  const text = "x (local-exec): Apply complete! Resources: 9 added, 0 changed, 0 destroyed.\n";
  expect(read(text).counts()).toBeUndefined();
});

it("knows the headline of the first error", () => {
  expect(read("\nError: Ungültiger Verweis\n\n  on main.tf\n\nError: another\n").firstError()).toBe(
    "Ungültiger Verweis",
  );
  const init = "Error: Terraform encountered problems during initialisation, including problems\n\nError: Bad block\n";
  expect(read(init).firstError()).toBe("Bad block");
  expect(read("all is well\n").firstError()).toBeUndefined();
});

it("reads the counts and the first error of a log in JSON", () => {
  const planned = { add: 9, change: 0, import: 0, remove: 0, operation: "plan" };
  const applied = { add: 2, change: 1, import: 4, remove: 3, operation: "apply" };
  const lines = [
    { "@level": "info", type: "version" },
    { "@level": "info", type: "change_summary", changes: planned },
    { "@level": "warn", type: "diagnostic", diagnostic: { severity: "warning", summary: "Old syntax" } },
    { "@level": "error", type: "diagnostic", diagnostic: { severity: "error", summary: "Ungültiger Verweis" } },
    { "@level": "info", type: "change_summary", changes: applied },
  ];
  const output = read(lines.map((line) => `${JSON.stringify(line)}\n`).join("") + "{not JSON\n");
  expect(output.counts()).toEqual({ additions: 2, changes: 1, destructions: 3, imports: 4 });
  expect(output.firstError()).toBe("Ungültiger Verweis");
});
