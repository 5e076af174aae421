import { expect, it } from "vitest";
import type { Assessment } from "./health-queries.ts";
import { describeResult, healthOf } from "./health-words.ts";

function anAssessment(overrides: Partial<Assessment>): Assessment {
  return {
    id: "asmt-1",
    workspace: { id: "ws-1", name: "machines" },
    status: "finished",
    trigger: "schedule",
    requested_by: null,
    queued_at: "2026-01-01T00:00:00Z",
    started_at: null,
    finished_at: null,
    succeeded: true,
    drifted: false,
    error_message: null,
    resources_drifted: 0,
    resources_undrifted: 3,
    checks_passed: 1,
    checks_failed: 0,
    checks_errored: 0,
    checks_unknown: 0,
    ...overrides,
  };
}

it.each([
  ["failed", { status: "failed", succeeded: false, drifted: null }],
  ["canceled", { status: "canceled", succeeded: null, drifted: null }],
  ["running", { status: "running", succeeded: null, drifted: null }],
  ["finished without knowing", { drifted: null }],
  ["finished without success", { succeeded: false }],
  ["finished with a check that nobody could look at", { checks_unknown: 1 }],
] as const)("an assessment that is %s is never healthy", (_, overrides) => {
  expect(healthOf(anAssessment(overrides))).toBe("unknown");
});

it("drift comes before checks, and checks before health", () => {
  expect(healthOf(anAssessment({ drifted: true, checks_failed: 1 }))).toBe("drifted");
  expect(healthOf(anAssessment({ checks_failed: 1 }))).toBe("checks-failed");
  expect(healthOf(anAssessment({ checks_errored: 1 }))).toBe("checks-failed");
  expect(healthOf(anAssessment({}))).toBe("healthy");
});

it("a result is told in a few words", () => {
  expect(describeResult(anAssessment({}))).toBe("No drift; 1 check passes");
  expect(describeResult(anAssessment({ drifted: true, resources_drifted: 2, checks_passed: 0 }))).toBe(
    "2 resources drifted",
  );
  expect(describeResult(anAssessment({ status: "failed" }))).toContain("nothing is known");
});
