import { describe, expect, it } from "vitest";
import { summarizePlan } from "./summarize-plan.ts";

const none = { additions: 0, changes: 0, destructions: 0, imports: 0 };
const normal = { refreshOnly: false };

describe("the summary of a plan", () => {
  it.each([
    ["a creation", { actions: ["create"] }, { ...none, additions: 1 }],
    ["an update", { actions: ["update"] }, { ...none, changes: 1 }],
    ["a replacement", { actions: ["delete", "create"] }, { ...none, additions: 1, destructions: 1 }],
    ["a replacement, creation first", { actions: ["create", "delete"] }, { ...none, additions: 1, destructions: 1 }],
    ["an import", { actions: ["no-op"], importing: { id: "x" } }, { ...none, imports: 1 }],
    ["a resource to be forgotten", { actions: ["forget"] }, none],
  ])("counts %s as a change", (_name, change, counts) => {
    expect(summarizePlan({ resource_changes: [{ change }] }, normal)).toEqual({ hasChanges: true, counts });
  });

  it("counts a move as a change, though no object is touched", () => {
    const moved = { previous_address: "a.old", change: { actions: ["no-op"] } };
    expect(summarizePlan({ resource_changes: [moved] }, normal)).toEqual({ hasChanges: true, counts: none });
  });

  it("counts a changed output as a change", () => {
    expect(summarizePlan({ output_changes: { a: { actions: ["update"] } } }, normal).hasChanges).toBe(true);
  });

  it("sees no change in reads, in what stays, and in a plan that has nothing", () => {
    const plan = {
      resource_changes: [{ change: { actions: ["no-op"] } }, { change: { actions: ["read"] } }],
      output_changes: { a: { actions: ["no-op"] } },
      resource_drift: [{}],
      applyable: true,
    };
    expect(summarizePlan(plan, normal)).toEqual({ hasChanges: false, counts: none });
    expect(summarizePlan({}, normal)).toEqual({ hasChanges: false, counts: none });
  });

  it("sees in drift a change of a refresh-only plan", () => {
    expect(summarizePlan({ resource_drift: [{}] }, { refreshOnly: true }).hasChanges).toBe(true);
    expect(summarizePlan({}, { refreshOnly: true }).hasChanges).toBe(false);
  });
});
