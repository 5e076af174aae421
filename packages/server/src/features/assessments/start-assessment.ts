import type { Actor } from "../access/index.ts";
import { lockWorkspaceRow, visibleWorkspace } from "../workspaces/index.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { listFacts, listFactsOfSilent } from "./assessment-facts-store.ts";
import { countAssessments, findAssessment, insertAssessment } from "./assessment-store.ts";
import { activeStatuses, type Assessment, type AssessmentTrigger } from "./assessment.ts";
import { assessmentJobKind } from "./end-assessment.ts";
import { nextDueAt, whyNotAssessable, whyNotScheduled, type AssessmentFacts } from "./schedule.ts";

type StartDeps = Pick<AssessmentDeps, "db" | "now" | "wakeRunners" | "intervalMs" | "parallelMax">;

/**
 * Queues an assessment that somebody asks for. The schedule counts from it. Errors: not_found/workspace_not_found;
 * conflict with the code of a {@link Refusal} when the workspace cannot be assessed now.
 */
export async function startAssessment(deps: StartDeps, actor: Actor, workspaceId: string): Promise<Assessment> {
  const assessment = await deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, workspaceId));
    const [facts] = await listFacts(tx, [workspace.id]);
    if (facts === undefined) throw new Error(`Nothing is known of ${workspace.id}, which is locked.`);
    const refusal = whyNotAssessable(facts);
    if (refusal !== undefined) throw new DomainError("conflict", refusal.code, refusal.reason);
    return queueAssessment(tx, facts, { trigger: "demand", requestedByName: actor.name }, deps.now());
  });
  deps.wakeRunners();
  return assessment;
}

/**
 * Queues the assessments that are due, the most overdue first; no more than an organization may have at the same time, so
 * that what a person asks for never waits behind a long queue.
 */
export async function startDueAssessments(deps: StartDeps): Promise<void> {
  const now = deps.now();
  const due = (await listFactsOfSilent(deps.db, now - deps.intervalMs))
    .filter((facts) => isDue(facts, deps.intervalMs, now))
    .sort((a, b) => dueAt(a, deps.intervalMs) - dueAt(b, deps.intervalMs));
  const active = new Map<string, number>();
  let started = 0;
  for (const { workspaceId, organizationId } of due) {
    const count = active.get(organizationId) ?? (await countAssessments(deps.db, organizationId, activeStatuses));
    active.set(organizationId, count);
    if (count >= deps.parallelMax) continue;
    const queued = await deps.db.transaction().execute(async (tx) => {
      if ((await lockWorkspaceRow(tx, workspaceId)) === undefined) return undefined;
      const [facts] = await listFacts(tx, [workspaceId]);
      // Another replica, a run or a person was faster.
      if (facts === undefined || !isDue(facts, deps.intervalMs, now)) return undefined;
      return queueAssessment(tx, facts, { trigger: "schedule", requestedByName: null }, now);
    });
    if (queued === undefined) continue;
    active.set(organizationId, count + 1);
    started += 1;
  }
  if (started > 0) deps.wakeRunners();
}

function dueAt(facts: AssessmentFacts, intervalMs: number): Millis {
  return nextDueAt(facts, intervalMs) ?? Infinity;
}

function isDue(facts: AssessmentFacts, intervalMs: number, now: Millis): boolean {
  return whyNotScheduled(facts) === undefined && dueAt(facts, intervalMs) <= now;
}

async function queueAssessment(
  tx: Tx,
  facts: AssessmentFacts,
  cause: { readonly trigger: AssessmentTrigger; readonly requestedByName: string | null },
  now: Millis,
): Promise<Assessment> {
  const id = newExternalId("asmtres");
  const jobId = await enqueueJob(
    tx,
    { kind: assessmentJobKind, payload: { assessmentId: id }, uniqueKey: id, attemptsMax: 1 },
    now,
  );
  const { workspaceId, configurationVersionId } = facts;
  if (configurationVersionId === null) throw new Error(`There is no configuration to assess ${workspaceId} with.`);
  // Later than the one before it, also within one millisecond: which one is the newest is told by this time.
  const queuedAt = Math.max(now, (facts.lastAssessmentAt ?? 0) + 1);
  await insertAssessment(tx, { id, workspaceId, configurationVersionId, ...cause, jobId, queuedAt });
  return (await findAssessment(tx, id)) as Assessment;
}
