import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readPlanChanges, type Check, type PlanChanges, type ResourceChange } from "../plan-changes/index.ts";
import { healthOf, noFindings } from "./assessment.ts";
import { findingsOf, judgePlan } from "./judge-plan.ts";

function change(address: string, kind: ResourceChange["kind"], more: Partial<ResourceChange> = {}): ResourceChange {
  return {
    address,
    mode: "managed",
    type: "m",
    name: "m",
    provider: "p",
    actions: [kind],
    kind,
    attributes: [],
    attributesLeftOut: 0,
    reason: null,
    ...more,
  };
}

function plan(more: Partial<PlanChanges> = {}): PlanChanges {
  return { changes: [], drift: [], outputs: [], checks: [], managedCount: 3, ...more };
}

function check(address: string, status: Check["status"]): Check {
  return { address, kind: "check", status, problems: [`${address} is wrong`] };
}

const addresses = (changes: readonly ResourceChange[]): string[] => changes.map((one) => one.address);

describe("a plan", () => {
  it.each([
    ["changed outside, and a run would change it back", [change("a", "update")], [change("a", "update")], ["a"], []],
    ["deleted outside, and a run would create it", [change("a", "delete")], [change("a", "create")], ["a"], []],
    ["changed outside, and a run would replace it", [change("a", "update")], [change("a", "replace")], ["a"], []],
    ["changed outside, and no run would touch it", [change("a", "update")], [], [], []],
    ["deleted outside, and no longer in the configuration", [change("a", "delete")], [], [], []],
    ["not changed outside, and a run would change it", [], [change("a", "update")], [], ["a"]],
    ["a data source", [], [change("data.a", "read", { mode: "data" })], [], []],
    ["moved", [], [change("a", "none", { reason: "It was b before." })], [], []],
  ])("that has something %s", (_what, drift, changes, drifted, pending) => {
    const { detail, counts } = judgePlan(plan({ drift, changes }));
    expect(addresses(detail.drift)).toEqual(drifted);
    expect(addresses(detail.pending)).toEqual(pending);
    expect(counts).toMatchObject({ resourcesDrifted: drifted.length, resourcesUndrifted: 3 - drifted.length });
  });

  it("of a real engine is read as it is meant", async () => {
    const file = new URL("../plan-changes/fixtures/drift-outside.json", import.meta.url);
    const { detail, counts } = judgePlan(readPlanChanges(JSON.parse(await readFile(file, "utf8"))));
    expect(addresses(detail.drift)).toEqual(["devcloud_machine.web[0]", "devcloud_machine.web[1]"]);
    expect(counts).toMatchObject({ resourcesDrifted: 2, resourcesUndrifted: 6, checksPassed: 2 });
  });

  it("counts one for each object with conditions", () => {
    const checks = [check("a", "pass"), check("b", "fail"), check("c", "error"), check("d", "unknown")];
    expect(judgePlan(plan({ checks })).counts).toMatchObject({
      checksPassed: 1,
      checksFailed: 1,
      checksErrored: 1,
      checksUnknown: 1,
    });
  });
});

describe("findings", () => {
  const detail = judgePlan(
    plan({
      drift: [change("a", "update"), change("b", "delete")],
      changes: [change("a", "update"), change("b", "create")],
      checks: [check("c", "fail"), check("d", "pass"), check("e", "error"), check("f", "unknown")],
    }),
  ).detail;

  it("begin now, but for what was wrong in the result before", () => {
    const previous = {
      drift: [
        { address: "b", since: 10 },
        { address: "gone", since: 5 },
      ],
      checks: [{ address: "e", status: "fail", since: 20, problem: "" }],
    } as const;
    expect(findingsOf(detail, { findings: previous, beforeApply: false }, 99)).toEqual({
      drift: [
        { address: "a", since: 99 },
        { address: "b", since: 10 },
      ],
      checks: [
        { address: "c", status: "fail", since: 99, problem: "c is wrong" },
        { address: "e", status: "error", since: 20, problem: "e is wrong" },
      ],
    });
    expect(findingsOf(detail, undefined, 99).drift.map((one) => one.since)).toEqual([99, 99]);
    const before = { findings: previous, beforeApply: false };
    expect(findingsOf({ drift: [], pending: [], checks: [] }, before, 99)).toEqual(noFindings);
  });

  it("begin anew for drift that an apply would have ended, and go on for checks, which it need not have", () => {
    const previous = {
      drift: [{ address: "b", since: 10 }],
      checks: [{ address: "e", status: "error", since: 20, problem: "" }],
    } as const;
    const findings = findingsOf(detail, { findings: previous, beforeApply: true }, 99);
    expect(findings.drift.map((one) => one.since)).toEqual([99, 99]);
    expect(findings.checks.find((one) => one.address === "e")?.since).toBe(20);
  });
});

describe("health", () => {
  const counts = judgePlan(plan()).counts;
  it.each([
    ["off without a result and without a schedule", undefined, false, "off"],
    ["unknown before the first result", undefined, true, "unknown"],
    ["unknown after a failure", { counts: null }, true, "unknown"],
    ["healthy when nothing is wrong", { counts }, false, "healthy"],
    ["unknown when a check is", { counts: { ...counts, checksUnknown: 1 } }, true, "unknown"],
    ["drifted", { counts: { ...counts, resourcesDrifted: 1, checksFailed: 1 } }, true, "drifted"],
    ["checks-failed", { counts: { ...counts, checksFailed: 1 } }, true, "checks-failed"],
    ["checks-failed when one cannot be evaluated", { counts: { ...counts, checksErrored: 1 } }, true, "checks-failed"],
  ] as const)("is %s", (_what, latest, enabled, health) => expect(healthOf(latest, enabled)).toBe(health));
});
