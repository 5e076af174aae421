import { sql, type ExpressionBuilder, type RawBuilder } from "kysely";
import type { ProjectScope } from "../access/index.ts";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import { keyset } from "../../db/keyset.ts";
import type { Schema } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { activeStatuses, finalStatuses } from "./run-status.ts";
import { toRun } from "./run-store.ts";
import type { Run } from "./run.ts";

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
  // PostgreSQL does both at once.
  const [rows, total] = await Promise.all([
    selectNewest(db, filter, page.size, offsetOf(page)).execute(),
    countRuns(db, filter),
  ]);
  return { items: rows.map(toRun), total };
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
