import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import type { RunVariable } from "@ingot/runner/protocol";
import { sql, type ExpressionBuilder, type RawBuilder, type Selectable } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyset } from "../../db/keyset.ts";
import type { Runs, Schema } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Author } from "./run-history.ts";
import type { RunStatus } from "./run-status.ts";
import { activeStatuses, awaitingApply, finalStatuses } from "./run-status.ts";
import type { Run, RunCause } from "./run.ts";

type RunRow = Selectable<Runs> & { project_id: string };

/** Runs of before people's ids were kept have names alone. */
function toAuthor(id: string | null, name: string | null): Author | null {
  return name === null ? null : { id: id ?? "", name };
}

function toRun(row: RunRow): Run {
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

/** What a run is for, as lists are filtered by it. Source: HCP Terraform API, run operations. */
export const runOperations = [
  "plan_only",
  "plan_and_apply",
  "save_plan",
  "refresh_only",
  "destroy",
  "empty_apply",
] as const;
export type RunOperation = (typeof runOperations)[number];

export function isRunOperation(text: string): text is RunOperation {
  return (runOperations as readonly string[]).includes(text);
}

const conditionOf: Record<RunOperation, RawBuilder<boolean>> = {
  plan_only: sql`runs.plan_only = 1`,
  plan_and_apply: sql`(runs.plan_only = 0 and runs.save_plan = 0 and runs.refresh_only = 0 and runs.is_destroy = 0
    and runs.allow_empty_apply = 0)`,
  save_plan: sql`runs.save_plan = 1`,
  refresh_only: sql`(runs.plan_only = 0 and runs.refresh_only = 1)`,
  destroy: sql`(runs.plan_only = 0 and runs.is_destroy = 1)`,
  empty_apply: sql`(runs.plan_only = 0 and runs.allow_empty_apply = 1)`,
};

export interface RunFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** With these of other projects. */
  readonly workspaces?: readonly string[];
  readonly workspaceId?: string;
  readonly workspaceNames?: readonly string[];
  readonly agentPoolNames?: readonly string[];
  readonly statuses?: readonly string[];
  readonly sources?: readonly string[];
  /** Any of them. */
  readonly operations?: readonly RunOperation[];
  /** Undefined: all of them. */
  readonly planOnly?: boolean;
  readonly createdFrom?: Millis;
  readonly createdBefore?: Millis;
  readonly createdByContains?: string;
  /** A part of the message or of the id. */
  readonly contains?: string;
  /** It asks for what no run can be. */
  readonly nothing?: boolean;
}

/** Only of the runs themselves: what a filter asks of workspaces is a list of them, so that counting joins nothing. */
function filtered(db: Db, filter: RunFilter, options: { readonly inOrder?: boolean } = {}) {
  let query = db.selectFrom("runs");
  const { workspaceId, organizationId } = filter;
  if (workspaceId === undefined) query = query.where("runs.organization_id", "=", organizationId);
  else {
    query = query.where("runs.workspace_id", "=", workspaceId);
    // Asked once, not of every run: with both columns of the runs, a planner may take the wrong index.
    const own = db.selectFrom("workspaces").select("id").where("id", "=", workspaceId);
    query = query.where((e) => e.exists(own.where("organization_id", "=", organizationId)));
  }
  if (asksOfWorkspaces(filter)) query = query.where("runs.workspace_id", "in", workspacesOf(db, filter));
  if (filter.nothing === true) query = query.where(sql<boolean>`1 = 0`);
  if (filter.statuses !== undefined) {
    // An expression is looked up in no index: the runs are read in their order until the page is full.
    const status = options.inOrder === true ? sql<string>`runs.status || ''` : sql.ref<string>("runs.status");
    query = query.where(status, "in", filter.statuses);
  }
  if (filter.sources !== undefined) query = query.where("runs.source", "in", filter.sources);
  if (filter.planOnly !== undefined) query = query.where("runs.plan_only", "=", filter.planOnly ? 1 : 0);
  if (filter.createdFrom !== undefined) query = query.where("runs.created_at", ">=", filter.createdFrom);
  if (filter.createdBefore !== undefined) query = query.where("runs.created_at", "<", filter.createdBefore);
  const { operations, createdByContains, contains } = filter;
  if (operations !== undefined) query = query.where((e) => e.or(operations.map((one) => conditionOf[one])));
  if (createdByContains !== undefined) query = query.where(containsText("runs.created_by_name", createdByContains));
  if (contains !== undefined) {
    query = query.where((e) => e.or([containsText("runs.message", contains), e("runs.id", "=", contains)]));
  }
  return query;
}

function asksOfWorkspaces(filter: RunFilter): boolean {
  return filter.projects !== null || filter.workspaceNames !== undefined || filter.agentPoolNames !== undefined;
}

function workspacesOf(db: Db, filter: RunFilter) {
  let query = db
    .selectFrom("workspaces")
    .select("workspaces.id")
    .where("workspaces.organization_id", "=", filter.organizationId)
    .where(inProjectsOrWorkspaces({ project: "workspaces.project_id", workspace: "workspaces.id" }, filter));
  if (filter.workspaceNames !== undefined) query = query.where("workspaces.name", "in", filter.workspaceNames);
  const { agentPoolNames } = filter;
  if (agentPoolNames !== undefined) {
    query = query.where("workspaces.agent_pool_id", "in", (e) =>
      e
        .selectFrom("agent_pools")
        .select("id")
        .where("organization_id", "=", filter.organizationId)
        .where("name", "in", agentPoolNames),
    );
  }
  return query;
}

/** The project of a run is that of its workspace, which is found for the few runs of a page. */
function withProject(e: ExpressionBuilder<Schema, "runs">) {
  return e
    .selectFrom("workspaces")
    .select("workspaces.project_id")
    .whereRef("workspaces.id", "=", "runs.workspace_id")
    .$asScalar()
    .$notNull()
    .as("project_id");
}

function isFinal(status: string): boolean {
  return (finalStatuses as readonly string[]).includes(status);
}

/**
 * Newest first: in the order of their workspace, or of their creation. What stands beside a run is looked up of the page alone:
 * PostgreSQL would do it for all that come before, too.
 */
function selectNewest(db: Db, filter: RunFilter, limit: number, offset: number) {
  // Of several final statuses there are many runs: sorting them all would cost more than reading past the few others.
  const { statuses } = filter;
  const inOrder = statuses !== undefined && statuses.length > 1 && statuses.some((one) => isFinal(one));
  const byNumber = filter.workspaceId !== undefined;
  const all = filtered(db, filter, { inOrder }).selectAll("runs");
  const ordered = byNumber
    ? all.orderBy("runs.number", "desc")
    : all.orderBy("runs.created_at", "desc").orderBy("runs.id", "desc");
  const page = db.selectFrom(ordered.limit(limit).offset(offset).as("runs")).selectAll("runs").select(withProject);
  return byNumber
    ? page.orderBy("runs.number", "desc")
    : page.orderBy("runs.created_at", "desc").orderBy("runs.id", "desc");
}

/** Newest first. Two statements. */
export async function listRuns(db: Db, filter: RunFilter, page: Page): Promise<Paged<Run>> {
  const rows = await selectNewest(db, filter, page.size, offsetOf(page)).execute();
  return { items: rows.map(toRun), total: await countRuns(db, filter) };
}

/** As {@link listRuns}, without counting them: one statement. */
export async function listRunsWithoutTotal(
  db: Db,
  filter: RunFilter,
  page: Page,
): Promise<{ readonly items: Run[]; readonly more: boolean }> {
  const rows = await selectNewest(db, filter, page.size + 1, offsetOf(page)).execute();
  return { items: rows.slice(0, page.size).map(toRun), more: rows.length > page.size };
}

/** Where a run stands among those of its organization that wait for a runner or are worked on, from 1; 0: it is none. */
export async function queuePosition(db: Db, run: Run): Promise<number> {
  if (!activeStatuses.includes(run.status)) return 0;
  const { before } = await db
    .selectFrom("runs")
    .select((e) => e.fn.countAll().as("before"))
    .where("organization_id", "=", run.organizationId)
    .where("status", "in", activeStatuses)
    .where(sql<boolean>`(created_at, number, id) < (${run.createdAt}, ${run.number}, ${run.id})`)
    .executeTakeFirstOrThrow();
  return Number(before) + 1;
}

/** Newest first, a page after the other without counting them all. One statement. */
export async function listNewestRuns(db: Db, filter: RunFilter, page: KeysetPage): Promise<KeysetItems<Run>> {
  const rows = await filtered(db, filter)
    .selectAll("runs")
    .select(withProject)
    .$call(keyset({ column: "runs.created_at", id: "runs.id", descending: true }, page))
    .execute();
  return cutPage(rows.map(toRun), page, (run) => [run.createdAt, run.id]);
}

/** Oldest first: the order in which runners take them. Two statements. */
export async function listQueue(db: Db, filter: RunFilter, page: Page): Promise<Paged<Run>> {
  const rows = await filtered(db, filter)
    .selectAll("runs")
    .select(withProject)
    // Few are queued: they are found by their statuses, not by reading all runs in their order.
    .orderBy(sql`+runs.created_at`)
    .orderBy("runs.number")
    .orderBy("runs.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toRun), total: await countRuns(db, filter) };
}

export async function countRuns(db: Db, filter: RunFilter): Promise<number> {
  const { total } = await filtered(db, filter)
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}
