import type { Check, PlanChanges, ResourceChange } from "../plan-changes/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { noFindings, type AssessmentCounts, type AssessmentDetail, type Findings } from "./assessment.ts";

export interface Judgement {
  readonly counts: AssessmentCounts;
  readonly detail: AssessmentDetail;
}

/**
 * Drifted is what changed outside and what a run would change back; a refresh of computed attributes that the
 * configuration does not ask for is neither drift nor pending. What a run would change for another reason, such as a data
 * source that reads something else now, is pending. Source: the published result of health assessments.
 */
export function judgePlan(plan: PlanChanges): Judgement {
  const changing = new Set(plan.changes.filter(isRealChange).map((change) => change.address));
  const drift = plan.drift.filter((change) => isRealChange(change) && changing.has(change.address));
  const drifted = new Set(drift.map((change) => change.address));
  const pending = plan.changes.filter((change) => isRealChange(change) && !drifted.has(change.address));
  const count = (status: Check["status"]): number => plan.checks.filter((check) => check.status === status).length;
  return {
    counts: {
      resourcesDrifted: drifted.size,
      resourcesUndrifted: Math.max(0, plan.managedCount - drifted.size),
      checksPassed: count("pass"),
      checksFailed: count("fail"),
      checksErrored: count("error"),
      checksUnknown: count("unknown"),
    },
    detail: { drift, pending, checks: plan.checks },
  };
}

function isRealChange(change: ResourceChange): boolean {
  return change.mode === "managed" && change.kind !== "none" && change.kind !== "read";
}

/** A result of the past, as far as it tells since when something is wrong. */
export interface PreviousFindings {
  readonly findings: Findings;
  /** Whether something was applied since. */
  readonly beforeApply: boolean;
}

const problemCharactersMax = 500;

/** What is wrong now. What was wrong in the result before keeps its time; drift does so unless a run came in between. */
export function findingsOf(detail: AssessmentDetail, previous: PreviousFindings | undefined, now: Millis): Findings {
  const before = previous?.findings ?? noFindings;
  const driftedSince = new Map(
    previous?.beforeApply === true ? [] : before.drift.map(({ address, since }) => [address, since]),
  );
  const failedSince = new Map(before.checks.map(({ address, since }) => [address, since]));
  return {
    drift: [...new Set(detail.drift.map((change) => change.address))].map((address) => ({
      address,
      since: driftedSince.get(address) ?? now,
    })),
    checks: detail.checks.flatMap(({ address, status, problems }) =>
      status === "fail" || status === "error"
        ? [
            {
              address,
              status,
              since: failedSince.get(address) ?? now,
              problem: (problems[0] ?? "").slice(0, problemCharactersMax),
            },
          ]
        : [],
    ),
  };
}
