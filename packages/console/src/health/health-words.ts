import { summarizeChecks } from "../changes/describe-change.ts";
import type { Check } from "../changes/resource-change.ts";
import { plural } from "../parts/plural.ts";
import type { Assessment } from "./health-queries.ts";

/** What an assessment says, in a few words. One that did not succeed says that nothing is known. */
export function describeResult(assessment: Assessment): string {
  switch (assessment.status) {
    case "queued":
      return "Waits for a runner";
    case "running":
      return "Looks at what is there";
    case "canceled":
      return "Canceled: a run went first. Nothing is known";
    case "failed":
      return "Failed: nothing is known";
    case "finished":
      return describeFindings(assessment);
  }
}

function describeFindings(assessment: Assessment): string {
  if (assessment.succeeded === false) return "Failed: nothing is known";
  const drifted = assessment.resources_drifted ?? 0;
  const drift =
    assessment.drifted === null
      ? "drift unknown"
      : drifted === 0
        ? "no drift"
        : `${plural(drifted, "resource")} drifted`;
  const checks = summarizeChecks(checksOf(assessment));
  const text = checks === "" ? drift : `${drift}; ${checks}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function checksOf(assessment: Assessment): readonly Pick<Check, "status">[] {
  const some = (status: Check["status"], count: number | null) =>
    Array.from({ length: count ?? 0 }, () => ({ status }));
  return [
    ...some("fail", assessment.checks_failed),
    ...some("error", assessment.checks_errored),
    ...some("unknown", assessment.checks_unknown),
    ...some("pass", assessment.checks_passed),
  ];
}

/** The word of the status vocabulary that a past assessment deserves: what did not succeed is unknown, never healthy. */
export function healthOf(assessment: Assessment): "healthy" | "drifted" | "checks-failed" | "unknown" {
  if (assessment.status !== "finished" || assessment.succeeded !== true || assessment.drifted === null)
    return "unknown";
  if (assessment.drifted) return "drifted";
  if ((assessment.checks_failed ?? 0) + (assessment.checks_errored ?? 0) > 0) return "checks-failed";
  return (assessment.checks_unknown ?? 0) > 0 ? "unknown" : "healthy";
}
