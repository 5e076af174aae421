import { canSee, type Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { listFacts } from "./assessment-facts-store.ts";
import { findAssessment, listNewestAssessments } from "./assessment-store.ts";
import {
  assessmentNotFound,
  countFailingChecks,
  hasDrifted,
  type Assessment,
  type AssessmentCounts,
  type Findings,
} from "./assessment.ts";
import { nextDueAt, whyNotAssessable, whyNotScheduled, type AssessmentFacts, type Refusal } from "./schedule.ts";

/** Errors: not_found/assessment_not_found. */
export async function getAssessment(db: Db, actor: Actor, id: string): Promise<Assessment> {
  const assessment = await findAssessment(db, id);
  if (assessment === undefined || !canSee(actor, assessment)) throw assessmentNotFound();
  return assessment;
}

/** The result of an assessment that ended by itself, for whoever reacts to it. */
export interface AssessmentSummary {
  readonly id: string;
  readonly workspaceId: string;
  /** False: what follows is not known. */
  readonly succeeded: boolean;
  readonly drifted: boolean | null;
  /** Those that fail and those that cannot be evaluated. */
  readonly checksFailed: number | null;
  readonly counts: AssessmentCounts | null;
  readonly drift: Findings["drift"];
  readonly failingChecks: Findings["checks"];
  readonly errorMessage: string | null;
  readonly finishedAt: Millis;
}

function summarize(assessment: Assessment): AssessmentSummary {
  return {
    id: assessment.id,
    workspaceId: assessment.workspaceId,
    succeeded: assessment.status === "finished",
    drifted: hasDrifted(assessment),
    checksFailed: countFailingChecks(assessment),
    counts: assessment.counts,
    drift: assessment.findings.drift,
    failingChecks: assessment.findings.checks,
    errorMessage: assessment.errorMessage,
    finishedAt: assessment.endedAt ?? assessment.queuedAt,
  };
}

/** The newest of each workspace that finished or failed. Workspaces without one are not in the map. */
export async function latestAssessments(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, AssessmentSummary>> {
  return byWorkspace(await listNewestAssessments(db, workspaceIds, ["finished", "failed"]));
}

export async function latestAssessment(db: Db, workspaceId: string): Promise<AssessmentSummary | undefined> {
  return (await latestAssessments(db, [workspaceId])).get(workspaceId);
}

/** As {@link latestAssessments}, passing over those that failed: what is known, though it may be old. */
export async function latestResults(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, AssessmentSummary>> {
  return byWorkspace(await listNewestAssessments(db, workspaceIds, ["finished"]));
}

function byWorkspace(assessments: readonly Assessment[]): ReadonlyMap<string, AssessmentSummary> {
  return new Map(assessments.map((assessment) => [assessment.workspaceId, summarize(assessment)]));
}

/** The newest that finished or failed, in full. */
export async function findLatestAssessment(db: Db, workspaceId: string): Promise<Assessment | undefined> {
  return (await listNewestAssessments(db, [workspaceId], ["finished", "failed"]))[0];
}

/** Whether and when a workspace is assessed. */
export interface AssessmentOutlook {
  /** By its own setting. */
  readonly enabled: boolean;
  /** By its organization's. */
  readonly enforced: boolean;
  /** Whether somebody can ask for an assessment now. */
  readonly assessable: boolean;
  /** Why not, or why the schedule leaves it out. */
  readonly reason: string | null;
  readonly nextAssessmentAt: Millis | null;
  /** The one that waits or runs. */
  readonly activeAssessmentId: string | null;
}

export interface OutlookDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly intervalMs: number;
}

/** One statement for any number of workspaces. */
export async function readOutlooks(
  deps: OutlookDeps,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, AssessmentOutlook>> {
  const now = deps.now();
  const facts = await listFacts(deps.db, workspaceIds);
  return new Map(facts.map((one) => [one.workspaceId, outlookOf(one, deps.intervalMs, now)]));
}

/** When the schedule will assess a workspace; null when it will not. */
export async function nextAssessmentAt(deps: OutlookDeps, workspaceId: string): Promise<Millis | null> {
  return (await readOutlooks(deps, [workspaceId])).get(workspaceId)?.nextAssessmentAt ?? null;
}

function outlookOf(facts: AssessmentFacts, intervalMs: number, now: Millis): AssessmentOutlook {
  const refusal = whyNotAssessable(facts);
  const paused = whyNotScheduled(facts);
  const scheduled = facts.enabled || facts.enforced;
  const due = nextDueAt(facts, intervalMs);
  return {
    enabled: facts.enabled,
    enforced: facts.enforced,
    assessable: refusal === undefined,
    reason: refusal?.reason ?? (scheduled ? (paused?.reason ?? null) : null),
    nextAssessmentAt: due === null || (paused !== undefined && !passesByItself(paused)) ? null : Math.max(due, now),
    activeAssessmentId: facts.activeAssessmentId,
  };
}

/** Without anybody doing anything about it. */
function passesByItself(refusal: Refusal): boolean {
  return refusal.code === "run_active" || refusal.code === "assessment_active";
}
