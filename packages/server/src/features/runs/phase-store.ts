import type { WorkScope } from "../access/index.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { EngineName } from "@ingot/runner/protocol";
import type { Selectable } from "kysely";
import { demandsNoneBut } from "../workspaces/index.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Phases } from "../../db/schema.gen.ts";
import type { PhaseStatus } from "./run-status.ts";
import type { Phase, PhaseKind } from "./run.ts";

function toPhase(row: Selectable<Phases>): Phase {
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind as PhaseKind,
    status: row.status as PhaseStatus,
    jobId: row.job_id,
    fence: row.fence,
    reported: row.reported === 1,
    runnerName: row.runner_name,
    agentId: row.agent_id,
    engine:
      row.engine_name === null || row.engine_version === null
        ? null
        : { name: row.engine_name as EngineName, version: row.engine_version },
    hasChanges: row.has_changes === null ? null : row.has_changes === 1,
    counts:
      row.additions === null
        ? null
        : {
            additions: row.additions,
            changes: row.changes ?? 0,
            destructions: row.destructions ?? 0,
            imports: row.imports ?? 0,
          },
    planFileKey: row.plan_file_key,
    planJsonKey: row.plan_json_key,
    planRenderedKey: row.plan_rendered_key,
    generatedConfiguration: row.generated_configuration === 1,
    logReceived: row.log_received,
    logBytes: row.log_bytes,
    logClosed: row.log_closed === 1,
    logKey: row.log_key,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

function toColumns(phase: Phase) {
  return {
    status: phase.status,
    job_id: phase.jobId,
    fence: phase.fence,
    reported: phase.reported ? 1 : 0,
    runner_name: phase.runnerName,
    agent_id: phase.agentId,
    engine_name: phase.engine?.name ?? null,
    engine_version: phase.engine?.version ?? null,
    has_changes: phase.hasChanges === null ? null : phase.hasChanges ? 1 : 0,
    additions: phase.counts?.additions ?? null,
    changes: phase.counts?.changes ?? null,
    destructions: phase.counts?.destructions ?? null,
    imports: phase.counts?.imports ?? null,
    plan_file_key: phase.planFileKey,
    plan_json_key: phase.planJsonKey,
    plan_rendered_key: phase.planRenderedKey,
    generated_configuration: phase.generatedConfiguration ? 1 : 0,
    log_received: phase.logReceived,
    log_bytes: phase.logBytes,
    log_closed: phase.logClosed ? 1 : 0,
    log_key: phase.logKey,
    queued_at: phase.queuedAt,
    started_at: phase.startedAt,
    ended_at: phase.endedAt,
  };
}

export async function insertPhase(tx: Tx, phase: Phase): Promise<void> {
  await tx
    .insertInto("phases")
    .values({ id: phase.id, run_id: phase.runId, kind: phase.kind, ...toColumns(phase) })
    .execute();
}

/** Writes the whole row: the caller has locked it. */
export async function savePhase(tx: Tx, phase: Phase): Promise<void> {
  await tx.updateTable("phases").set(toColumns(phase)).where("id", "=", phase.id).execute();
}

export async function findPhase(db: Db, id: string): Promise<Phase | undefined> {
  const row = await db.selectFrom("phases").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toPhase(row);
}

export async function findPhaseByJob(db: Db, jobId: string): Promise<Phase | undefined> {
  const row = await db.selectFrom("phases").selectAll().where("job_id", "=", jobId).executeTakeFirst();
  return row && toPhase(row);
}

export async function lockPhase(tx: Tx, id: string): Promise<Phase | undefined> {
  const row = await tx.selectFrom("phases").selectAll().where("id", "=", id).$call(forUpdate(tx)).executeTakeFirst();
  return row && toPhase(row);
}

/** Plan before apply. Locks both. */
export async function lockPhases(tx: Tx, runId: string): Promise<Phase[]> {
  const rows = await tx
    .selectFrom("phases")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("kind", "desc")
    .$call(forUpdate(tx))
    .execute();
  return rows.map(toPhase);
}

/** Phases of several runs at once. */
export async function listPhases(db: Db, runIds: readonly string[]): Promise<Phase[]> {
  if (runIds.length === 0) return [];
  const rows = await db
    .selectFrom("phases")
    .selectAll()
    .where("run_id", "in", runIds)
    .orderBy("kind", "desc")
    .execute();
  return rows.map(toPhase);
}

/** What a runner may claim: enough to choose, without a lock. */
export interface QueuedPhase {
  readonly phaseId: string;
  readonly jobId: string;
  readonly runId: string;
  readonly workspaceId: string;
  readonly engineName: EngineName | null;
  readonly engineVersion: string | null;
}

/**
 * What waits for a runner with these engines. Applies first, since they hold workspaces; then plans that hold one;
 * speculative plans last; each by age. At most 50.
 */
export async function listQueuedPhases(
  db: Db,
  scope: WorkScope & { readonly agentPoolId: string | null },
  engineNames: readonly EngineName[],
): Promise<QueuedPhase[]> {
  let query = db
    .selectFrom("phases")
    .innerJoin("runs", "runs.id", "phases.run_id")
    .innerJoin("workspaces", "workspaces.id", "runs.workspace_id")
    .select([
      "phases.id as phase_id",
      "phases.job_id",
      "runs.id as run_id",
      "workspaces.id as workspace_id",
      "workspaces.engine_name",
    ])
    .select((e) => e.fn.coalesce("runs.engine_version", "workspaces.engine_version").as("engine_version"))
    .where("phases.status", "=", "queued")
    .where(demandsNoneBut(engineNames));
  if (scope.organizationId !== null) query = query.where("workspaces.organization_id", "=", scope.organizationId);
  query = query.where(inProjects("workspaces.project_id", scope.projects));
  query = query.where("workspaces.agent_pool_id", scope.agentPoolId === null ? "is" : "=", scope.agentPoolId);
  const rows = await query
    .orderBy("phases.kind")
    .orderBy("runs.plan_only")
    .orderBy("phases.queued_at")
    .orderBy("runs.number")
    .limit(50)
    .execute();
  return rows.map((row) => ({
    phaseId: row.phase_id,
    jobId: row.job_id ?? "",
    runId: row.run_id,
    workspaceId: row.workspace_id,
    engineName: row.engine_name as EngineName | null,
    engineVersion: row.engine_version,
  }));
}

/** What a phase waits for whose log is still empty. */
export interface WaitingPhase {
  readonly phaseId: string;
  readonly kind: PhaseKind;
  readonly agentPoolName: string | null;
  readonly engineName: string | null;
  readonly engineVersion: string | null;
}

/** Phases that have waited for a runner since before this moment, and whose log does not say so. At most 100. */
export async function listWaitingPhases(db: Db, before: number): Promise<WaitingPhase[]> {
  const rows = await db
    .selectFrom("phases")
    .innerJoin("runs", "runs.id", "phases.run_id")
    .innerJoin("workspaces", "workspaces.id", "runs.workspace_id")
    .leftJoin("agent_pools", "agent_pools.id", "workspaces.agent_pool_id")
    .select(["phases.id", "phases.kind", "agent_pools.name as pool_name", "workspaces.engine_name"])
    .select((e) => e.fn.coalesce("runs.engine_version", "workspaces.engine_version").as("engine_version"))
    .where("phases.status", "=", "queued")
    .where("phases.queued_at", "<", before)
    .where("phases.log_bytes", "=", 0)
    .orderBy("phases.queued_at")
    .limit(100)
    .execute();
  return rows.map((row) => ({
    phaseId: row.id,
    kind: row.kind as PhaseKind,
    agentPoolName: row.pool_name,
    engineName: row.engine_name,
    engineVersion: row.engine_version,
  }));
}

/** Phases that are running though their run was killed before this moment: a runner that does not obey. */
export async function listUnkilledPhases(db: Db, before: number): Promise<Phase[]> {
  const rows = await db
    .selectFrom("phases")
    .innerJoin("runs", "runs.id", "phases.run_id")
    .selectAll("phases")
    .where("phases.status", "=", "running")
    .where("runs.force_canceled_at", "<", before)
    .limit(100)
    .execute();
  return rows.map(toPhase);
}

export async function listPhaseBlobs(db: Db, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("phases")
    .innerJoin("runs", "runs.id", "phases.run_id")
    .select(["phases.log_key", "phases.plan_file_key", "phases.plan_json_key", "phases.plan_rendered_key"])
    .where("runs.workspace_id", "=", workspaceId)
    .execute();
  return rows.flatMap((row) => Object.values(row).filter((key) => key !== null));
}
