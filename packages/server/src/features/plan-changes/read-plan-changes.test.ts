import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { AttributeChange, ResourceChange } from "./plan-changes.ts";
import { readPlanChanges } from "./read-plan-changes.ts";

/** Printed by an engine for devcloud machines and terraform_data, cut to what is read. */
async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")) as unknown;
}

function planOf(change: Record<string, unknown>, more: Record<string, unknown> = {}): unknown {
  return {
    format_version: "1.2",
    resource_changes: [{ address: "a.b", mode: "managed", type: "a", name: "b", change, ...more }],
  };
}

function only(change: Record<string, unknown>, more: Record<string, unknown> = {}): ResourceChange {
  const [first, ...rest] = readPlanChanges(planOf(change, more)).changes;
  if (first === undefined || rest.length > 0) throw new Error("The plan has one change.");
  return first;
}

function attributesOf(changes: readonly ResourceChange[], address: string): readonly AttributeChange[] {
  return changes.find((change) => change.address === address)?.attributes ?? [];
}

const plain = { sensitive: false, unknown: false, forcesReplacement: false };

describe("what an engine found to have changed outside", () => {
  it("is listed by resource and attribute, before and after, and what is gone as deleted", async () => {
    const { drift, managedCount } = readPlanChanges(await fixture("drift-outside"));
    expect(drift.map(({ address, kind }) => [address, kind])).toEqual([
      ["devcloud_machine.web[0]", "update"],
      ["devcloud_machine.web[1]", "delete"],
    ]);
    expect(attributesOf(drift, "devcloud_machine.web[0]")).toEqual([
      { path: "size", before: "small", after: "large", ...plain },
      { path: "tags.env", before: "prod", after: "dev", ...plain },
      { path: "user_data", before: null, after: null, ...plain, sensitive: true },
    ]);
    // Three machines, of which one is gone, and five of terraform_data.
    expect(managedCount).toBe(8);
  });

  it("holds no secret, old or new", async () => {
    const text = JSON.stringify(readPlanChanges(await fixture("drift-outside")));
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain("intruder");
  });
});

describe("what a changed configuration would do", () => {
  it("tells replacements with the attribute that forces them, and what is known after the apply", async () => {
    const { changes } = readPlanChanges(await fixture("changed-configuration"));
    expect(changes.map(({ address, kind }) => [address, kind])).toEqual([
      ["data.devcloud_machines.all", "read"],
      ["devcloud_machine.web[0]", "replace"],
      ["devcloud_machine.web[1]", "create"],
      ["devcloud_machine.web[2]", "replace"],
      ["terraform_data.a", "update"],
      ["terraform_data.b", "replace"],
      ["terraform_data.c[0]", "update"],
      ["terraform_data.c[1]", "delete"],
    ]);
    const replaced = changes.find((change) => change.address === "devcloud_machine.web[2]");
    expect(replaced).toMatchObject({ actions: ["delete", "create"], type: "devcloud_machine", name: "web" });
    expect(replaced?.attributes).toContainEqual({
      path: "image",
      before: "sha256:1",
      after: "sha256:2",
      ...plain,
      forcesReplacement: true,
    });
    expect(replaced?.attributes).toContainEqual(expect.objectContaining({ path: "id", after: null, unknown: true }));
    expect(attributesOf(changes, "terraform_data.a")).toContainEqual({
      path: "input.tags.Name",
      before: "a1",
      after: "a2",
      ...plain,
    });
    expect(attributesOf(changes, "terraform_data.b").find((one) => one.forcesReplacement)?.path).toBe(
      "triggers_replace[0]",
    );
    expect(changes.at(-1)?.reason).toBe("Its index is beyond the count.");
  });

  it("hides a secret also where a provider has copied it to an attribute without a mark", async () => {
    const all = readPlanChanges(await fixture("changed-configuration"));
    expect(attributesOf(all.changes, "terraform_data.a")).toContainEqual(
      expect.objectContaining({ path: "output", before: null, sensitive: true }),
    );
    expect(JSON.stringify(all)).not.toMatch(/hunter2|correcthorse/);
  });

  it("lists outputs, and of a sensitive one only that it changes", async () => {
    const { outputs } = readPlanChanges(await fixture("changed-configuration"));
    expect(outputs).toEqual([
      { name: "o", action: "update", before: "v1", sensitive: false },
      { name: "s", action: "update", sensitive: true },
    ]);
  });

  it("reads checks with the messages of what failed", async () => {
    const { checks } = readPlanChanges(await fixture("changed-configuration"));
    expect(checks).toEqual([
      { address: "check.gen", kind: "check", status: "fail", problems: ["gen is 2"] },
      { address: "terraform_data.guarded", kind: "resource", status: "pass", problems: [] },
    ]);
  });
});

describe("attributes", () => {
  it("quote keys that are no names", () => {
    const { attributes } = only({
      actions: ["update"],
      before: { tags: { "a.b": "1" } },
      after: { tags: { "a.b": "2" } },
    });
    expect(attributes.map((one) => one.path)).toEqual(['tags["a.b"]']);
  });

  it("are what was there when the resource goes, and what will be when it comes", () => {
    const value = { name: "x", disks: [{ size: 1 }], none: null, empty: [] };
    expect(only({ actions: ["create"], before: null, after: value }).attributes).toEqual([
      { path: "disks[0].size", before: null, after: 1, ...plain },
      { path: "empty", before: null, after: [], ...plain },
      { path: "name", before: null, after: "x", ...plain },
    ]);
    expect(only({ actions: ["delete"], before: value, after: null }).attributes).toHaveLength(3);
  });

  it("show a value that turns from a list into a text as a whole", () => {
    const { attributes } = only({ actions: ["update"], before: { a: ["1"] }, after: { a: "1" } });
    expect(attributes).toEqual([{ path: "a", before: ["1"], after: "1", ...plain }]);
  });

  it.each([
    ["the leaf", { before_sensitive: { a: { b: true } } }],
    ["what holds it", { after_sensitive: { a: true } }],
    ["everything", { after_sensitive: true }],
  ])("are hidden when the mask covers %s", (_what, masks) => {
    const change = only({ actions: ["update"], before: { a: { b: "old" } }, after: { a: { b: "new" } }, ...masks });
    expect(change.attributes).toHaveLength(1);
    expect(change.attributes[0]).toMatchObject({ before: null, after: null, sensitive: true });
  });

  it("are cut when they are long, and counted when they are many", () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, "x".repeat(5000)]));
    const { attributes, attributesLeftOut } = only({ actions: ["create"], before: null, after: many });
    expect(attributes).toHaveLength(200);
    expect(attributesLeftOut).toBe(100);
    expect(attributes[0]?.after).toMatch(/^x{1000}… \(4000 more characters\)$/);
  });

  it("of a value nested beyond reason do not end the reading", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 2000; i++) deep = { a: deep };
    expect(only({ actions: ["create"], before: null, after: deep }).attributes).toHaveLength(1);
  });
});

it("leaves out what stays, but tells what moves", () => {
  const noop = { actions: ["no-op"], before: {}, after: {} };
  expect(readPlanChanges(planOf(noop)).changes).toEqual([]);
  expect(only(noop, { previous_address: "a.old" })).toMatchObject({ kind: "none", reason: "It was a.old before." });
});

it("counts managed instances of all modules", () => {
  const resource = (address: string, mode = "managed") => ({ address, mode });
  const root_module = {
    resources: [resource("a.b"), resource("data.x", "data")],
    child_modules: [
      { resources: [resource("module.m.a")], child_modules: [{ resources: [resource("module.m.n.a")] }] },
    ],
  };
  expect(readPlanChanges({ format_version: "1.2", prior_state: { values: { root_module } } }).managedCount).toBe(3);
  expect(readPlanChanges({ format_version: "1.2" }).managedCount).toBe(0);
});

it.each([[null], ["text"], [{}], [{ format_version: "1.2", resource_changes: [{ address: 1 }] }]])(
  "refuses %j, which is not a plan",
  (plan) => expect(() => readPlanChanges(plan)).toThrow("not the JSON of a plan"),
);
