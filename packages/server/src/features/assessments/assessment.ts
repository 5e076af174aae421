import type { EngineName } from "@ingot/runner/protocol";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Check, ResourceChange } from "../plan-changes/index.ts";

/** `finished`: it has a result. `failed`: whether anything drifted is not known. `canceled`: a run went first. */
export type AssessmentStatus = "queued" | "running" | "finished" | "failed" | "canceled";

export type AssessmentTrigger = "schedule" | "demand";

/** One look at whether the world is still what the configuration of a workspace says. */
export interface Assessment {
  readonly id: string;
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly workspaceName: string;
  readonly configurationVersionId: string;
  readonly status: AssessmentStatus;
  readonly trigger: AssessmentTrigger;
  /** Null: the schedule did. */
  readonly requestedByName: string | null;
  readonly jobId: string | null;
  readonly fence: number | null;
  /** Its runner has said how it ended: saying so again is harmless. */
  readonly reported: boolean;
  readonly runnerName: string | null;
  readonly engine: { readonly name: EngineName; readonly version: string } | null;
  readonly errorMessage: string | null;
  /** Null until it is finished. */
  readonly counts: AssessmentCounts | null;
  readonly findings: Findings;
  readonly planJsonKey: string | null;
  readonly detailKey: string | null;
  readonly logReceived: number;
  readonly logBytes: number;
  readonly logClosed: boolean;
  /** Where the whole log is; null while it is in chunks. */
  readonly logKey: string | null;
  readonly queuedAt: Millis;
  readonly startedAt: Millis | null;
  readonly endedAt: Millis | null;
}

export interface AssessmentCounts {
  readonly resourcesDrifted: number;
  readonly resourcesUndrifted: number;
  readonly checksPassed: number;
  readonly checksFailed: number;
  readonly checksErrored: number;
  readonly checksUnknown: number;
}

/**
 * What is wrong, and since when: the moment of the first of the assessments without a break that found it. Drift begins anew
 * with every apply, which would have put an end to the old one.
 */
export interface Findings {
  readonly drift: readonly { readonly address: string; readonly since: Millis }[];
  readonly checks: readonly FailingCheck[];
}

export interface FailingCheck {
  readonly address: string;
  readonly status: "fail" | "error";
  readonly since: Millis;
  /** The first thing that it says, cut to a few lines; empty when it says nothing. */
  readonly problem: string;
}

export const noFindings: Findings = { drift: [], checks: [] };

/** What was found, in full. */
export interface AssessmentDetail {
  readonly drift: readonly ResourceChange[];
  /** What a run would change though nothing drifted. */
  readonly pending: readonly ResourceChange[];
  readonly checks: readonly Check[];
}

export const activeStatuses: readonly AssessmentStatus[] = ["queued", "running"];

export function isActive(assessment: { readonly status: AssessmentStatus }): boolean {
  return activeStatuses.includes(assessment.status);
}

/** Null while it is not known: before the end, and after a failure. */
export function hasDrifted(assessment: Pick<Assessment, "counts">): boolean | null {
  return assessment.counts === null ? null : assessment.counts.resourcesDrifted > 0;
}

/** Checks that fail or cannot be evaluated; null while it is not known. */
export function countFailingChecks(assessment: Pick<Assessment, "counts">): number | null {
  const { counts } = assessment;
  return counts === null ? null : counts.checksFailed + counts.checksErrored;
}

/** Null before the end, and for one that was canceled. */
export function hasSucceeded(assessment: Pick<Assessment, "status">): boolean | null {
  return assessment.status === "finished" ? true : assessment.status === "failed" ? false : null;
}

export type Health = "healthy" | "drifted" | "checks-failed" | "unknown" | "off";

/** What the newest assessment that ended says of a workspace. What is not known, be it one check, is never healthy. */
export function healthOf(latest: Pick<Assessment, "counts"> | undefined, enabled: boolean): Health {
  if (latest === undefined) return enabled ? "unknown" : "off";
  if (latest.counts === null) return "unknown";
  if (latest.counts.resourcesDrifted > 0) return "drifted";
  if ((countFailingChecks(latest) ?? 0) > 0) return "checks-failed";
  return latest.counts.checksUnknown > 0 ? "unknown" : "healthy";
}

export function assessmentNotFound(): DomainError {
  return new DomainError("not_found", "assessment_not_found", "There is no such assessment, or you may not see it.");
}
