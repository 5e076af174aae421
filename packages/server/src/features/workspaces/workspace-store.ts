import type { ProjectScope } from "../access/index.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { EngineName } from "@ingot/runner/protocol";
import { sql, type Selectable } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Workspaces } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { ExecutionMode, FollowSetting, Tag, Workspace, WorkspaceLock, WorkspaceSettings } from "./workspace.ts";

type WorkspaceRow = Selectable<Workspaces> & {
  organization_name: string;
  project_external_id: string;
  resource_count: number | null;
};

function toWorkspace(row: WorkspaceRow): Workspace {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    projectId: row.project_id,
    projectExternalId: row.project_external_id,
    name: row.name,
    description: row.description,
    executionMode: row.execution_mode as ExecutionMode,
    autoApply: row.auto_apply === 1,
    terraformVersion: row.terraform_version,
    engineName: row.engine_name as EngineName | null,
    engineVersion: row.engine_version,
    clientEngine: row.client_engine as EngineName | null,
    workingDirectory: row.working_directory,
    assessmentsEnabled: row.assessments_enabled === 1,
    follow: row.follow as FollowSetting,
    imageAgeDaysMax: row.image_age_days_max,
    imageBehindDaysMax: row.image_behind_days_max,
    lock:
      row.locked_by_kind === null || row.locked_at === null
        ? null
        : {
            kind: row.locked_by_kind as "user" | "run",
            id: row.locked_by_id ?? "",
            name: row.locked_by_name ?? "",
            reason: row.lock_reason ?? "",
            at: row.locked_at,
          },
    currentRunId: row.current_run_id,
    currentStateVersionId: row.current_state_version_id,
    resourceCount: row.resource_count ?? 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function selectWorkspaces(db: Db) {
  return db
    .selectFrom("workspaces")
    .innerJoin("organizations", "organizations.id", "workspaces.organization_id")
    .innerJoin("projects", "projects.id", "workspaces.project_id")
    .leftJoin("state_versions", "state_versions.id", "workspaces.current_state_version_id")
    .selectAll("workspaces")
    .select([
      "organizations.name as organization_name",
      "projects.external_id as project_external_id",
      "state_versions.resource_count",
    ]);
}

export async function insertWorkspace(
  db: Db,
  organizationId: string,
  settings: WorkspaceSettings,
  now: Millis,
): Promise<string> {
  const id = newExternalId("ws");
  await db
    .insertInto("workspaces")
    .values({ id, organization_id: organizationId, last_run_number: 0, created_at: now, ...toColumns(settings, now) })
    .execute();
  return id;
}

export async function updateWorkspaceRow(tx: Tx, id: string, settings: WorkspaceSettings, now: Millis): Promise<void> {
  await tx.updateTable("workspaces").set(toColumns(settings, now)).where("id", "=", id).execute();
}

function toColumns(settings: WorkspaceSettings, now: Millis) {
  return {
    project_id: settings.projectId,
    name: settings.name,
    description: settings.description,
    execution_mode: settings.executionMode,
    auto_apply: settings.autoApply ? 1 : 0,
    terraform_version: settings.terraformVersion,
    engine_name: settings.engineName,
    engine_version: settings.engineVersion,
    client_engine: settings.clientEngine,
    working_directory: settings.workingDirectory,
    assessments_enabled: settings.assessmentsEnabled ? 1 : 0,
    follow: settings.follow,
    image_age_days_max: settings.imageAgeDaysMax,
    image_behind_days_max: settings.imageBehindDaysMax,
    updated_at: now,
  };
}

export async function findWorkspace(db: Db, id: string): Promise<Workspace | undefined> {
  const row = await selectWorkspaces(db).where("workspaces.id", "=", id).executeTakeFirst();
  return row && toWorkspace(row);
}

/** Several at once, in no order; one that is gone is absent. */
export async function findWorkspaces(db: Db, ids: readonly string[]): Promise<Workspace[]> {
  if (ids.length === 0) return [];
  const rows = await selectWorkspaces(db).where("workspaces.id", "in", ids).execute();
  return rows.map(toWorkspace);
}

export async function findWorkspaceByName(
  db: Db,
  organizationId: string,
  name: string,
): Promise<Workspace | undefined> {
  const row = await selectWorkspaces(db)
    .where("workspaces.organization_id", "=", organizationId)
    .where("workspaces.name", "=", name)
    .executeTakeFirst();
  return row && toWorkspace(row);
}

/**
 * The workspace, its row locked until the transaction ends. It is locked before its runs, their phases and their jobs, in
 * this order, so that no two transactions wait for each other.
 */
export async function lockWorkspaceRow(tx: Tx, id: string): Promise<Workspace | undefined> {
  const row = await tx
    .selectFrom("workspaces")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && findWorkspace(tx, id);
}

export async function setWorkspaceLock(tx: Tx, id: string, lock: WorkspaceLock | null): Promise<void> {
  await tx
    .updateTable("workspaces")
    .set({
      locked_by_kind: lock?.kind ?? null,
      locked_by_id: lock?.id ?? null,
      locked_by_name: lock?.name ?? null,
      lock_reason: lock?.reason ?? null,
      locked_at: lock?.at ?? null,
    })
    .where("id", "=", id)
    .execute();
}

export async function setCurrentRun(tx: Tx, id: string, runId: string): Promise<void> {
  await tx.updateTable("workspaces").set({ current_run_id: runId }).where("id", "=", id).execute();
}

export async function setCurrentStateVersion(tx: Tx, id: string, stateVersionId: string): Promise<void> {
  await tx.updateTable("workspaces").set({ current_state_version_id: stateVersionId }).where("id", "=", id).execute();
}

/** The next number of a run in its workspace; the caller holds the workspace's row. */
export async function takeRunNumber(tx: Tx, id: string): Promise<number> {
  const row = await tx
    .updateTable("workspaces")
    .set((e) => ({ last_run_number: e("last_run_number", "+", 1) }))
    .where("id", "=", id)
    .returning("last_run_number")
    .executeTakeFirstOrThrow();
  return row.last_run_number;
}

export async function deleteWorkspaceRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("workspaces").where("id", "=", id).execute();
}

export interface WorkspaceFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  readonly nameContains?: string;
  /** All of them must be on the workspace; a tag without value asks for its key alone. */
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
  readonly withoutTags?: readonly string[];
}

/** By name. Two statements. */
export async function listWorkspaces(db: Db, filter: WorkspaceFilter, page: Page): Promise<Paged<Workspace>> {
  let query = selectWorkspaces(db)
    .where("workspaces.organization_id", "=", filter.organizationId)
    .where(inProjects("workspaces.project_id", filter.projects));
  const { nameContains } = filter;
  if (nameContains !== undefined) {
    query = query.where(containsText("workspaces.name", nameContains));
  }
  for (const tag of filter.tags ?? []) {
    query = query.where((e) => {
      let tagged = e
        .selectFrom("workspace_tags")
        .select("workspace_id")
        .whereRef("workspace_tags.workspace_id", "=", "workspaces.id")
        .where("key", "=", tag.key);
      if (tag.value !== undefined) tagged = tagged.where("value", "=", tag.value);
      return e.exists(tagged);
    });
  }
  for (const key of filter.withoutTags ?? []) {
    query = query.where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("workspace_tags")
            .select("workspace_id")
            .whereRef("workspace_tags.workspace_id", "=", "workspaces.id")
            .where("key", "=", key),
        ),
      ),
    );
  }
  const rows = await query.orderBy("workspaces.name").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toWorkspace), total: Number(total) };
}

/** Whether the workspace demands no engine but one of these, or none at all: a part of a statement that joins `workspaces`. */
export function demandsNoneBut(engineNames: readonly EngineName[]) {
  return engineNames.length === 0
    ? sql<boolean>`workspaces.engine_name is null`
    : sql<boolean>`(workspaces.engine_name is null or workspaces.engine_name in (${sql.join(engineNames)}))`;
}

/** Names by id; a workspace that is gone is absent. */
export async function listWorkspaceNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("workspaces").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Tags of several workspaces at once, by key. */
export async function listTags(db: Db, workspaceIds: readonly string[]): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const tags = new Map<string, Tag[]>(workspaceIds.map((id) => [id, []]));
  if (workspaceIds.length === 0) return tags;
  const rows = await db
    .selectFrom("workspace_tags")
    .selectAll()
    .where("workspace_id", "in", workspaceIds)
    .orderBy("key")
    .execute();
  for (const row of rows) tags.get(row.workspace_id)?.push({ key: row.key, value: row.value });
  return tags;
}

/** Adds the tags; one that is there already gets the new value. */
export async function saveTags(db: Db, workspaceId: string, tags: readonly Tag[]): Promise<void> {
  for (const tag of tags) {
    await db
      .insertInto("workspace_tags")
      .values({ workspace_id: workspaceId, key: tag.key, value: tag.value })
      .onConflict((c) => c.columns(["workspace_id", "key"]).doUpdateSet({ value: tag.value }))
      .execute();
  }
}

export async function removeTags(db: Db, workspaceId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db.deleteFrom("workspace_tags").where("workspace_id", "=", workspaceId).where("key", "in", keys).execute();
}
