import { describe, expect, it } from "vitest";
import type { PolicyLevel } from "../policy-sets/index.ts";
import {
  countOutcomes,
  erroredPolicy,
  isOverridable,
  judgeEvaluation,
  judgePolicy,
  problemOf,
  type PolicyOutcome,
  type PolicySetOutcome,
} from "./policy-evaluation.ts";

const policy = (level: PolicyLevel = "mandatory") => ({ name: "p", description: "", query: "data.p.deny", level });
const set = (outcomes: readonly PolicyOutcome[], more: Partial<PolicySetOutcome> = {}): PolicySetOutcome => ({
  id: "psout-1",
  evaluationId: "poleval-1",
  policySetId: "polset-1",
  policySetName: "guard",
  policySetDescription: "",
  overridable: false,
  error: null,
  outcomes,
  counts: countOutcomes(outcomes),
  createdAt: 0,
  ...more,
});

describe("a policy", () => {
  it.each<[string, object, string]>([
    ["that finds nothing passes", { value: [] }, "passed"],
    ["that finds something fails", { value: ["bad"] }, "failed"],
    ["that gives no list is an error", { value: true }, "errored"],
    ["that gives an object is an error", { value: { a: 1 } }, "errored"],
    ["that is undefined is an error", {}, "errored"],
    ["that breaks is an error", { error: "eval_conflict_error" }, "errored"],
  ])("%s", (_what, result, status) => {
    expect(judgePolicy(policy(), result).status).toBe(status);
  });

  it("shows what it found, however long", () => {
    const many = judgePolicy(policy(), { value: Array.from({ length: 1000 }, () => ({ why: "x".repeat(5000) })) });
    expect(many.output).toHaveLength(20);
    expect(many.output[0]).toHaveLength(1000);
  });
});

describe("an evaluation", () => {
  const failed = (level: PolicyLevel) => judgePolicy(policy(level), { value: ["bad"] });
  it.each<[string, PolicySetOutcome[], string]>([
    ["passes with nothing", [], "passed"],
    ["passes when only advisory policies fail", [set([failed("advisory")])], "passed"],
    ["passes when an advisory one breaks", [set([erroredPolicy(policy("advisory"), "x")])], "passed"],
    ["fails when a mandatory one fails", [set([failed("mandatory"), failed("advisory")])], "failed"],
    ["takes both mandatory levels of Sentinel for mandatory", [set([failed("soft-mandatory")])], "failed"],
    ["is an error when a mandatory one breaks", [set([erroredPolicy(policy(), "x"), failed("mandatory")])], "errored"],
    ["is an error when a set is lost", [set([], { error: "gone" })], "errored"],
  ])("%s", (_what, sets, expected) => {
    expect(judgeEvaluation(sets)).toBe(expected);
  });

  it("can be overridden when every set that failed allows it", () => {
    expect(isOverridable([set([failed("mandatory")], { overridable: true })])).toBe(true);
    expect(
      isOverridable([
        set([failed("mandatory")], { overridable: true }),
        set([failed("advisory")], { overridable: false }),
      ]),
    ).toBe(true);
    expect(isOverridable([set([failed("mandatory")], { overridable: true }), set([failed("mandatory")])])).toBe(false);
    expect(isOverridable([])).toBe(false);
  });

  it("says what is wrong", () => {
    expect(problemOf([set([failed("advisory")]), set([failed("mandatory")])])).toBe(
      "The mandatory policy p of the policy set guard failed: bad",
    );
    expect(problemOf([set([failed("advisory")])])).toBeNull();
  });
});
