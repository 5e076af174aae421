import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrNone } from "../../db/in-projects.ts";
import type { Selectable } from "kysely";
import { isPostgres, type Db, type Tx } from "../../db/database.ts";
import type { Alerts } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Alert, AlertKind, AlertSeverity, DesiredAlert } from "./alert.ts";

function toAlert(row: Selectable<Alerts> & { readonly workspace_name: string | null }): Alert {
  return {
    id: row.id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    workspaceId: row.workspace_id,
    workspaceName: row.workspace_name,
    kind: row.kind as AlertKind,
    cause: row.cause,
    severity: row.severity as AlertSeverity,
    title: row.title,
    detail: row.detail,
    subjects: JSON.parse(row.subjects) as string[],
    runId: row.run_id,
    bucketName: row.bucket_name,
    versionName: row.version_name,
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    resolvedAt: row.resolved_at,
  };
}

function toColumns(alert: DesiredAlert) {
  return {
    severity: alert.severity,
    title: alert.title,
    detail: alert.detail,
    subjects: JSON.stringify(alert.subjects),
    run_id: alert.runId,
    bucket_name: alert.bucketName,
    version_name: alert.versionName,
  };
}

function selectAlerts(db: Db) {
  return db
    .selectFrom("alerts as a")
    .leftJoin("workspaces as w", "w.id", "a.workspace_id")
    .selectAll("a")
    .select("w.name as workspace_name");
}

export async function insertAlert(tx: Tx, alert: Alert): Promise<void> {
  await tx
    .insertInto("alerts")
    .values({
      id: alert.id,
      organization_id: alert.organizationId,
      project_id: alert.projectId,
      workspace_id: alert.workspaceId,
      kind: alert.kind,
      cause: alert.cause,
      open_key: `${alert.workspaceId ?? alert.organizationId}:${alert.cause}`,
      opened_at: alert.openedAt,
      changed_at: alert.changedAt,
      resolved_at: null,
      ...toColumns(alert),
    })
    .execute();
}

export async function updateAlert(tx: Tx, id: string, to: DesiredAlert, changedAt: Millis): Promise<void> {
  await tx
    .updateTable("alerts")
    .set({ ...toColumns(to), changed_at: changedAt })
    .where("id", "=", id)
    .execute();
}

export async function resolveAlert(tx: Tx, id: string, now: Millis): Promise<void> {
  await tx
    .updateTable("alerts")
    .set({ open_key: null, resolved_at: now, changed_at: now })
    .where("id", "=", id)
    .execute();
}

export async function findAlert(db: Db, id: string): Promise<Alert | undefined> {
  const row = await selectAlerts(db).where("a.id", "=", id).executeTakeFirst();
  return row && toAlert(row);
}

/** Those of a workspace, or those of the organization that belong to no workspace. */
export async function listOpenAlerts(
  db: Db,
  scope: { readonly workspaceId: string } | { readonly organizationId: string },
): Promise<Alert[]> {
  const query = selectAlerts(db).where("a.open_key", "is not", null).orderBy("a.id");
  const rows = await (
    "workspaceId" in scope
      ? query.where("a.workspace_id", "=", scope.workspaceId)
      : query.where("a.organization_id", "=", scope.organizationId).where("a.workspace_id", "is", null)
  ).execute();
  return rows.map(toAlert);
}

export interface AlertFilter {
  readonly organizationId: string;
  /** With what belongs to the organization as a whole. */
  readonly projects: ProjectScope;
  readonly workspaceId?: string;
  readonly state: "open" | "resolved" | "all";
  /** The id of the last alert of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. One statement. */
export async function listAlerts(db: Db, filter: AlertFilter): Promise<Alert[]> {
  const { projects, workspaceId, state, after } = filter;
  let query = selectAlerts(db).where("a.organization_id", "=", filter.organizationId);
  query = query.where(inProjectsOrNone("a.project_id", projects));
  if (workspaceId !== undefined) query = query.where("a.workspace_id", "=", workspaceId);
  if (state !== "all") query = query.where("a.open_key", state === "open" ? "is not" : "is", null);
  if (after !== undefined) query = query.where("a.id", "<", after);
  return (await query.orderBy("a.id", "desc").limit(filter.limit).execute()).map(toAlert);
}

/** How many alerts are open in each of these workspaces; one without any is left out. */
export async function countOpenAlerts(db: Db, workspaceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (workspaceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("alerts")
    .select(["workspace_id", (e) => e.fn.countAll().as("total")])
    .where("workspace_id", "in", workspaceIds)
    .where("open_key", "is not", null)
    .groupBy("workspace_id")
    .execute();
  return new Map(rows.map((row) => [row.workspace_id ?? "", Number(row.total)]));
}

/** Makes reconciles of one organization's own alerts wait for each other. False when there is no such organization. */
export async function lockOrganizationAlerts(tx: Tx, organizationId: string): Promise<boolean> {
  const query = tx.selectFrom("organizations").select("id").where("id", "=", organizationId);
  // Not for update: whoever inserts a row that refers to the organization need not wait.
  const row = await (isPostgres(tx) ? query.forNoKeyUpdate() : query).executeTakeFirst();
  return row !== undefined;
}

export async function noteChecked(tx: Tx, workspaceId: string, now: Millis): Promise<void> {
  await tx
    .insertInto("alert_checks")
    .values({ workspace_id: workspaceId, checked_at: now })
    .onConflict((c) => c.column("workspace_id").doUpdateSet({ checked_at: now }))
    .execute();
}

/** Workspaces that nobody has looked at since a moment, those that were never looked at first. */
export async function listUnchecked(db: Db, before: Millis, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("workspaces as w")
    .leftJoin("alert_checks as c", "c.workspace_id", "w.id")
    .select("w.id")
    .where((e) => e.or([e("c.checked_at", "is", null), e("c.checked_at", "<", before)]))
    .orderBy((e) => e.fn.coalesce("c.checked_at", e.lit(0)))
    .orderBy("w.id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function deleteAlertsResolvedBefore(db: Db, before: Millis): Promise<void> {
  await db.deleteFrom("alerts").where("resolved_at", "<", before).execute();
}
