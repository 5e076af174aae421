import type { Millis } from "../../platform/clock.ts";
import type { RegoQueryResult } from "../../platform/rego/index.ts";
import { isMandatory, type BundledPolicy, type PolicyKind } from "../policy-sets/index.ts";

export type EvaluationStatus =
  "pending" | "running" | "passed" | "failed" | "errored" | "overridden" | "canceled" | "unreachable";

/** What the policies of one language have to say about the plan of a run. */
export interface PolicyEvaluation {
  readonly id: string;
  readonly stageId: string;
  readonly kind: PolicyKind;
  readonly status: EvaluationStatus;
  readonly statusTimes: Readonly<Partial<Record<EvaluationStatus, Millis>>>;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** What the policies of one set have to say: the set as it was when the run was made. */
export interface PolicySetOutcome {
  readonly id: string;
  readonly evaluationId: string;
  readonly policySetId: string;
  readonly policySetName: string;
  readonly policySetDescription: string;
  readonly overridable: boolean;
  /** Why the set as a whole could not be evaluated. */
  readonly error: string | null;
  /** Null until it is evaluated. */
  readonly outcomes: readonly PolicyOutcome[] | null;
  readonly counts: OutcomeCounts;
  readonly createdAt: Millis;
}

export interface PolicyOutcome {
  readonly policyName: string;
  readonly description: string;
  readonly query: string | null;
  readonly level: "advisory" | "mandatory";
  readonly status: "passed" | "failed" | "errored";
  /** What a policy that failed says: the beginning of it. Or why it could not be evaluated. */
  readonly output: readonly string[];
}

export interface OutcomeCounts {
  readonly passed: number;
  readonly advisoryFailed: number;
  readonly mandatoryFailed: number;
  readonly errored: number;
}

const outputsMax = 20;
const outputCharactersMax = 1000;

/**
 * What one policy has come to: nothing found is a pass, anything is a failure, and whatever is no list of findings is an
 * error. Source: the published API, OPA policies.
 */
export function judgePolicy(policy: BundledPolicy, result: RegoQueryResult | undefined): PolicyOutcome {
  const { value, error } = result ?? {};
  const outcome = {
    policyName: policy.name,
    description: policy.description,
    query: policy.query,
    level: isMandatory(policy.level) ? ("mandatory" as const) : ("advisory" as const),
  };
  if (error !== undefined) return { ...outcome, status: "errored", output: [error.slice(0, outputCharactersMax)] };
  if (value === undefined) return { ...outcome, status: "errored", output: ["The query is undefined."] };
  if (!Array.isArray(value)) {
    return { ...outcome, status: "errored", output: ["The query does not give an array or a set."] };
  }
  if (value.length === 0) return { ...outcome, status: "passed", output: [] };
  const output = value
    .slice(0, outputsMax)
    .map((item: unknown) => (typeof item === "string" ? item : JSON.stringify(item)).slice(0, outputCharactersMax));
  return { ...outcome, status: "failed", output };
}

/** One that could not be evaluated. */
export function erroredPolicy(policy: BundledPolicy, why: string): PolicyOutcome {
  return judgePolicy(policy, { error: why });
}

export function countOutcomes(outcomes: readonly PolicyOutcome[]): OutcomeCounts {
  const count = (matches: (outcome: PolicyOutcome) => boolean): number => outcomes.filter(matches).length;
  return {
    passed: count(({ status }) => status === "passed"),
    advisoryFailed: count(({ status, level }) => status === "failed" && level === "advisory"),
    mandatoryFailed: count(({ status, level }) => status === "failed" && level === "mandatory"),
    errored: count(({ status }) => status === "errored"),
  };
}

/**
 * What an evaluation has come to. A mandatory policy that could not be evaluated is as bad as it gets: nobody knows what it
 * would have found. Advisory ones are only shown. A set that could not be evaluated at all counts as mandatory.
 */
export function judgeEvaluation(
  sets: readonly Pick<PolicySetOutcome, "error" | "outcomes">[],
): "passed" | "failed" | "errored" {
  const outcomes = sets.flatMap((set) => set.outcomes ?? []);
  const mandatory = outcomes.filter(({ level }) => level === "mandatory");
  const isLost = sets.some((set) => set.error !== null && (set.outcomes ?? []).length === 0);
  if (isLost || mandatory.some(({ status }) => status === "errored")) return "errored";
  return mandatory.some(({ status }) => status === "failed") ? "failed" : "passed";
}

/** Whether a person may override: every set with a mandatory failure allows it. */
export function isOverridable(sets: readonly Pick<PolicySetOutcome, "overridable" | "counts">[]): boolean {
  const failed = sets.filter(({ counts }) => counts.mandatoryFailed > 0);
  return failed.length > 0 && failed.every(({ overridable }) => overridable);
}

/** In a sentence for people, for the run that ends by it. */
export function problemOf(sets: readonly PolicySetOutcome[]): string | null {
  for (const set of sets) {
    const bad = set.outcomes?.find(({ level, status }) => level === "mandatory" && status !== "passed");
    if (bad !== undefined) {
      const said = bad.output[0] === undefined ? "" : `: ${bad.output[0].slice(0, 300)}`;
      const what = bad.status === "failed" ? "failed" : "could not be evaluated";
      return `The mandatory policy ${bad.policyName} of the policy set ${set.policySetName} ${what}${said}`;
    }
    if (set.error !== null && (set.outcomes ?? []).length === 0) {
      return `The policy set ${set.policySetName} could not be evaluated: ${set.error.slice(0, 300)}`;
    }
  }
  return null;
}
