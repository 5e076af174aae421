import type { RunVariable } from "@ingot/runner/protocol";
import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Runs } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Author } from "./run-history.ts";
import type { RunStatus } from "./run-status.ts";
import { awaitingApply, finalStatuses } from "./run-status.ts";
import type { Run, RunCause } from "./run.ts";

type RunRow = Selectable<Runs> & { project_id: string };

/** Runs of before people's ids were kept have names alone. */
function toAuthor(id: string | null, name: string | null): Author | null {
  return name === null ? null : { id: id ?? "", name };
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    number: row.number,
    configurationVersionId: row.configuration_version_id,
    status: row.status as RunStatus,
    statusTimes: JSON.parse(row.status_times) as Run["statusTimes"],
    message: row.message,
    source: row.source,
    cause: row.cause === null ? null : (JSON.parse(row.cause) as RunCause),
    triggeringRunId: row.triggering_run_id,
    isDestroy: row.is_destroy === 1,
    refresh: row.refresh === 1,
    refreshOnly: row.refresh_only === 1,
    planOnly: row.plan_only === 1,
    savePlan: row.save_plan === 1,
    autoApply: row.auto_apply === 1,
    allowEmptyApply: row.allow_empty_apply === 1,
    debuggingMode: row.debugging_mode === 1,
    allowConfigGeneration: row.allow_config_generation === 1,
    engineVersion: row.engine_version,
    targetAddrs: row.target_addrs === null ? null : (JSON.parse(row.target_addrs) as string[]),
    replaceAddrs: row.replace_addrs === null ? null : (JSON.parse(row.replace_addrs) as string[]),
    invokeAddrs: row.invoke_addrs === null ? null : (JSON.parse(row.invoke_addrs) as string[]),
    policyPaths: row.policy_paths === null ? null : (JSON.parse(row.policy_paths) as string[]),
    hasChanges: row.has_changes === null ? null : row.has_changes === 1,
    errorMessage: row.error_message,
    stateVersionId: row.state_version_id,
    createdById: row.created_by_id,
    createdByName: row.created_by_name,
    confirmedBy: toAuthor(row.confirmed_by_id, row.confirmed_by_name),
    cancelRequestedAt: row.cancel_requested_at,
    canceledBy: toAuthor(row.canceled_by_id, row.canceled_by_name),
    forceCanceledAt: row.force_canceled_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What may change in the life of a run. */
function toColumns(run: Run) {
  return {
    status: run.status,
    status_times: JSON.stringify(run.statusTimes),
    has_changes: run.hasChanges === null ? null : run.hasChanges ? 1 : 0,
    error_message: run.errorMessage,
    state_version_id: run.stateVersionId,
    confirmed_by_id: run.confirmedBy?.id ?? null,
    confirmed_by_name: run.confirmedBy?.name ?? null,
    cancel_requested_at: run.cancelRequestedAt,
    canceled_by_id: run.canceledBy?.id ?? null,
    canceled_by_name: run.canceledBy?.name ?? null,
    force_canceled_at: run.forceCanceledAt,
    updated_at: run.updatedAt,
  };
}

function selectRuns(db: Db) {
  return db
    .selectFrom("runs")
    .innerJoin("workspaces", "workspaces.id", "runs.workspace_id")
    .selectAll("runs")
    .select("workspaces.project_id");
}

function variablesContext(runId: string): string {
  return `run-variables:${runId}`;
}

export async function insertRun(
  tx: Tx,
  sealer: Sealer,
  run: Run,
  more: { readonly variables: readonly RunVariable[]; readonly requestDigest: string | null },
): Promise<void> {
  await tx
    .insertInto("runs")
    .values({
      id: run.id,
      workspace_id: run.workspaceId,
      organization_id: run.organizationId,
      number: run.number,
      configuration_version_id: run.configurationVersionId,
      message: run.message,
      source: run.source,
      cause: run.cause === null ? null : JSON.stringify(run.cause),
      is_destroy: run.isDestroy ? 1 : 0,
      refresh: run.refresh ? 1 : 0,
      refresh_only: run.refreshOnly ? 1 : 0,
      plan_only: run.planOnly ? 1 : 0,
      save_plan: run.savePlan ? 1 : 0,
      auto_apply: run.autoApply ? 1 : 0,
      allow_empty_apply: run.allowEmptyApply ? 1 : 0,
      debugging_mode: run.debuggingMode ? 1 : 0,
      allow_config_generation: run.allowConfigGeneration ? 1 : 0,
      engine_version: run.engineVersion,
      invoke_addrs: run.invokeAddrs === null ? null : JSON.stringify(run.invokeAddrs),
      policy_paths: run.policyPaths === null ? null : JSON.stringify(run.policyPaths),
      triggering_run_id: run.triggeringRunId,
      target_addrs: run.targetAddrs === null ? null : JSON.stringify(run.targetAddrs),
      replace_addrs: run.replaceAddrs === null ? null : JSON.stringify(run.replaceAddrs),
      // Values given on a command line may be secrets, though nobody marks them.
      sealed_variables:
        more.variables.length === 0 ? "" : sealText(sealer, JSON.stringify(more.variables), variablesContext(run.id)),
      request_digest: more.requestDigest,
      created_by_id: run.createdById,
      created_by_name: run.createdByName,
      created_at: run.createdAt,
      ...toColumns(run),
    })
    .execute();
}

export async function saveRun(tx: Tx, run: Run): Promise<void> {
  await tx.updateTable("runs").set(toColumns(run)).where("id", "=", run.id).execute();
}

export async function findRun(db: Db, id: string): Promise<Run | undefined> {
  const row = await selectRuns(db).where("runs.id", "=", id).executeTakeFirst();
  return row && toRun(row);
}

/** Whether a run from this configuration version may still ask for it. */
export async function isConfigurationInUse(db: Db, configurationVersionId: string): Promise<boolean> {
  const row = await db
    .selectFrom("runs")
    .select("id")
    .where("configuration_version_id", "=", configurationVersionId)
    .where("status", "not in", finalStatuses)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** In any order; those that do not exist are absent. */
export async function listRunsById(db: Db, ids: readonly string[]): Promise<Run[]> {
  if (ids.length === 0) return [];
  return (await selectRuns(db).where("runs.id", "in", ids).execute()).map(toRun);
}

/** Locks the run's row until the transaction ends. Whoever may end the run has locked its workspace before. */
export async function lockRun(tx: Tx, id: string): Promise<Run | undefined> {
  const row = await tx.selectFrom("runs").select("id").where("id", "=", id).$call(forUpdate(tx)).executeTakeFirst();
  return row && findRun(tx, id);
}

/** The variables given with the runs, by run. */
export async function readRunVariables(
  db: Db,
  sealer: Sealer,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, RunVariable[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await db.selectFrom("runs").select(["id", "sealed_variables"]).where("id", "in", runIds).execute();
  return new Map(
    rows.map((row) => [
      row.id,
      row.sealed_variables === ""
        ? []
        : (JSON.parse(openText(sealer, row.sealed_variables, variablesContext(row.id))) as RunVariable[]),
    ]),
  );
}

/** The unfinished run that an identical request has just made. */
export async function findRepeatedRun(
  tx: Tx,
  workspaceId: string,
  requestDigest: string,
  since: Millis,
): Promise<Run | undefined> {
  const row = await selectRuns(tx)
    .where("runs.workspace_id", "=", workspaceId)
    .where("runs.request_digest", "=", requestDigest)
    .where("runs.created_at", ">=", since)
    .where("runs.status", "not in", finalStatuses)
    .orderBy("runs.number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toRun(row);
}

/** Whether the apply of the other run has started one here. */
export async function findTriggeredRun(tx: Tx, workspaceId: string, triggeringRunId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("runs")
    .select("id")
    .where("triggering_run_id", "=", triggeringRunId)
    .where("workspace_id", "=", workspaceId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The run whose turn it is when the workspace is free: the oldest that waits. */
export async function findFirstWaitingRun(tx: Tx, workspaceId: string): Promise<Run | undefined> {
  const row = await selectRuns(tx)
    .where("runs.workspace_id", "=", workspaceId)
    .where("runs.status", "=", "pending")
    .orderBy("runs.number")
    .limit(1)
    .executeTakeFirst();
  return row && toRun(row);
}

export async function listRunsInStatus(db: Db, workspaceId: string, statuses: readonly RunStatus[]): Promise<Run[]> {
  const rows = await selectRuns(db)
    .where("runs.workspace_id", "=", workspaceId)
    .where("runs.status", "in", statuses)
    .orderBy("runs.number")
    .execute();
  return rows.map(toRun);
}

/** Every run with a finished plan that nobody has begun to apply: one a workspace, and its saved plans. */
export async function listRunsAwaitingApply(db: Db): Promise<Run[]> {
  const rows = await selectRuns(db).where("runs.status", "in", awaitingApply).orderBy("runs.id").execute();
  return rows.map(toRun);
}
