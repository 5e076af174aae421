import { describe, expect, it } from "vitest";
import {
  lookOfChange,
  showValue,
  sortAttributes,
  sortChanges,
  summarizeChanges,
  summarizeChecks,
} from "./describe-change.ts";
import type { ResourceChange } from "./resource-change.ts";

function aChange(overrides: Partial<ResourceChange>): ResourceChange {
  return {
    address: "devcloud_machine.web",
    type: "devcloud_machine",
    name: "web",
    provider: "ingot/devcloud",
    actions: ["update"],
    kind: "update",
    attributes: [],
    reason: null,
    attributes_left_out: 0,
    ...overrides,
  };
}

describe("a list of changes", () => {
  it("is summed up by what would be done", () => {
    const changes = [aChange({}), aChange({ kind: "replace" }), aChange({ kind: "replace" })];
    expect(summarizeChanges(changes)).toBe("1 to update, 2 to replace");
    expect(summarizeChanges([])).toBe("nothing to change");
  });

  it("shows what destroys first, and counts in names as numbers", () => {
    const changes = [
      aChange({ address: "a[10]", kind: "create" }),
      aChange({ address: "a[9]", kind: "create" }),
      aChange({ address: "z", kind: "delete" }),
    ];
    expect(sortChanges(changes).map((change) => change.address)).toEqual(["z", "a[9]", "a[10]"]);
  });
});

it.each([
  [["create", "delete"], "created before"],
  [["delete", "create"], "destroyed before"],
])("a replacement by %j says what comes first", (actions, words) => {
  expect(lookOfChange(aChange({ kind: "replace", actions }), "plan").meaning).toContain(words);
});

it("drift is told as something that happened, not as something that will", () => {
  expect(lookOfChange(aChange({ kind: "delete" }), "drift").label).toBe("Deleted outside");
});

it.each([
  ["web-1", { kind: "text", text: "web-1" }],
  ["", { kind: "literal", text: '""' }],
  [3, { kind: "literal", text: "3" }],
  [false, { kind: "literal", text: "false" }],
  [null, { kind: "absent" }],
  [["a"], { kind: "json", text: '[\n  "a"\n]' }],
])("%j is shown as %j", (value, shown) => {
  expect(showValue(value)).toEqual(shown);
});

it("the attribute that forces the replacement stands first, what nobody knows yet last", () => {
  const attribute = (path: string, unknown: boolean, forces: boolean) => ({
    path,
    before: null,
    after: null,
    sensitive: false,
    unknown,
    forces_replacement: forces,
  });
  const sorted = sortAttributes([
    attribute("a", true, false),
    attribute("b", false, false),
    attribute("c", false, true),
  ]);
  expect(sorted.map(({ path }) => path)).toEqual(["c", "b", "a"]);
});

it("checks are summed up, those that fail first, and the unknown ones are not left out", () => {
  const checks = [{ status: "pass" }, { status: "pass" }, { status: "unknown" }, { status: "fail" }] as const;
  expect(summarizeChecks(checks)).toBe("1 check fails, 1 is unknown, 2 pass");
});
