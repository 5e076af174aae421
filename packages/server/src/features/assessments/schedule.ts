import { createHash } from "node:crypto";
import type { Millis } from "../../platform/clock.ts";
import type { RunStatus } from "../runs/index.ts";

/** What decides whether and when a workspace is assessed. */
export interface AssessmentFacts {
  readonly workspaceId: string;
  readonly organizationId: string;
  /** By the workspace's own setting. */
  readonly enabled: boolean;
  /** By its organization, whatever it says itself. */
  readonly enforced: boolean;
  readonly executionMode: "remote" | "local";
  /** Null: there is no state. An encrypted state counts as one with resources. */
  readonly resourceCount: number | null;
  readonly stateIsEncrypted: boolean;
  readonly lastApplyAt: Millis | null;
  /** The run whose configuration the world was last made to fit. */
  readonly configurationVersionId: string | null;
  readonly hasActiveRun: boolean;
  readonly latestRun: { readonly status: RunStatus; readonly planOnly: boolean } | null;
  /** Of the newest run that could have applied. */
  readonly latestApplyingRunStatus: RunStatus | null;
  /** When the newest one ended, or was queued. */
  readonly lastAssessmentAt: Millis | null;
  /** By the newest one that ended: it found drift or a failing check, or it failed. */
  readonly wasFoundWrong: boolean;
  readonly activeAssessmentId: string | null;
}

export interface Refusal {
  readonly code:
    "no_runner_mode" | "never_applied" | "no_resources" | "run_active" | "assessment_active" | "run_failed";
  /** A sentence for people. */
  readonly reason: string;
}

/** Why a workspace cannot be assessed now, though somebody asks for it; undefined when it can. */
export function whyNotAssessable(facts: AssessmentFacts): Refusal | undefined {
  if (facts.executionMode !== "remote") {
    return refuse("no_runner_mode", "The workspace has the execution mode `local`: runners do not plan for it.");
  }
  if (facts.lastApplyAt === null || facts.configurationVersionId === null) {
    return refuse("never_applied", "No run of the workspace has been applied yet.");
  }
  if (facts.resourceCount === null || (facts.resourceCount === 0 && !facts.stateIsEncrypted)) {
    return refuse("no_resources", "The state of the workspace has no resources.");
  }
  if (facts.activeAssessmentId !== null) {
    return refuse("assessment_active", "An assessment of the workspace is waiting or running already.");
  }
  if (facts.hasActiveRun) return refuse("run_active", "A run of the workspace is active: runs go first.");
  return undefined;
}

/**
 * Why a workspace is not assessed on the schedule; undefined when it is. A latest run that did not succeed pauses it until
 * one does. Source: the prerequisites of health assessments.
 */
export function whyNotScheduled(facts: AssessmentFacts): Refusal | undefined {
  const refusal = whyNotAssessable(facts);
  if (refusal !== undefined) return refusal;
  const failed =
    facts.latestRun?.status === "errored" ? facts.latestRun.status : pausing(facts.latestApplyingRunStatus);
  if (failed === undefined) return undefined;
  return refuse("run_failed", `The latest run is ${failed}: assessments go on after the next run that succeeds.`);
}

function pausing(status: RunStatus | null): RunStatus | undefined {
  return status === "errored" || status === "canceled" || status === "discarded" ? status : undefined;
}

function refuse(code: Refusal["code"], reason: string): Refusal {
  return { code, reason };
}

// Of the interval: workspaces that were applied together drift apart, and each still keeps its rhythm.
const spreadShare = 0.1;

// Whoever has just repaired something may look by hand first, or go on applying.
const afterRepairMs = 60_000;

/**
 * When the workspace is due: an interval after the last apply or assessment, and a little later by an amount that is its
 * own. One that was found wrong and has been applied since is due soon: nobody should read yesterday's drift after repairing
 * it. Null when it is not assessed on the schedule or has never been applied.
 */
export function nextDueAt(facts: AssessmentFacts, intervalMs: number): Millis | null {
  if ((!facts.enabled && !facts.enforced) || facts.lastApplyAt === null) return null;
  if (facts.wasFoundWrong && facts.lastApplyAt > (facts.lastAssessmentAt ?? 0)) {
    return facts.lastApplyAt + Math.min(afterRepairMs, intervalMs);
  }
  const since = Math.max(facts.lastApplyAt, facts.lastAssessmentAt ?? 0);
  return since + intervalMs + Math.floor(jitterOf(facts.workspaceId) * spreadShare * intervalMs);
}

/** Between 0 and 1, always the same for the same workspace. */
export function jitterOf(workspaceId: string): number {
  return createHash("sha256").update(workspaceId).digest().readUInt32BE(0) / 2 ** 32;
}
