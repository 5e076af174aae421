import type { EngineName } from "@ingot/runner/protocol";
import { sql, type Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Workspaces } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { ExecutionMode } from "../projects/index.ts";
import { activityMsOf, autoDestroyAfterChange } from "./auto-destroy.ts";
import type { FollowSetting, Workspace, WorkspaceLock, WorkspaceSettings } from "./workspace.ts";

export type WorkspaceRow = Selectable<Workspaces> & {
  organization_name: string;
  project_external_id: string;
  resource_count: number | null;
  project_auto_destroy: string | null;
};

export function toWorkspace(row: WorkspaceRow): Workspace {
  return {
    id: row.id,
    workspaceId: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    projectId: row.project_id,
    projectExternalId: row.project_external_id,
    name: row.name,
    description: row.description,
    executionMode: row.execution_mode as ExecutionMode,
    executionModeOverwritten: row.execution_mode_overwritten === 1,
    agentPoolId: row.agent_pool_id,
    autoApply: row.auto_apply === 1,
    autoApplyRunTrigger: row.auto_apply_run_trigger === 1,
    allowDestroyPlan: row.allow_destroy_plan === 1,
    terraformVersion: row.terraform_version,
    engineName: row.engine_name as EngineName | null,
    engineVersion: row.engine_version,
    clientEngine: row.client_engine as EngineName | null,
    workingDirectory: row.working_directory,
    assessmentsEnabled: row.assessments_enabled === 1,
    follow: row.follow as FollowSetting,
    imageAgeDaysMax: row.image_age_days_max,
    imageBehindDaysMax: row.image_behind_days_max,
    queueAllRuns: row.queue_all_runs === 1,
    speculativeEnabled: row.speculative_enabled === 1,
    fileTriggersEnabled: row.file_triggers_enabled === 1,
    triggerPrefixes: JSON.parse(row.trigger_prefixes) as string[],
    triggerPatterns: JSON.parse(row.trigger_patterns) as string[],
    structuredRunOutputEnabled: row.structured_run_output_enabled === 1,
    globalRemoteState: row.global_remote_state === 1,
    projectRemoteState: row.project_remote_state === 1,
    sourceName: row.source_name,
    sourceUrl: row.source_url,
    autoDestroyAt: row.auto_destroy_at,
    autoDestroyActivityDuration: row.auto_destroy_activity_duration,
    inheritsProjectAutoDestroy: row.inherits_project_auto_destroy === 1,
    sshKeyId: row.ssh_key_id,
    lock:
      row.locked_by_kind === null || row.locked_at === null
        ? null
        : {
            kind: row.locked_by_kind as WorkspaceLock["kind"],
            id: row.locked_by_id ?? "",
            name: row.locked_by_name ?? "",
            reason: row.lock_reason ?? "",
            at: row.locked_at,
          },
    currentRunId: row.current_run_id,
    currentStateVersionId: row.current_state_version_id,
    resourceCount: row.resource_count ?? 0,
    effectiveActivityDuration:
      row.inherits_project_auto_destroy === 1 ? row.project_auto_destroy : row.auto_destroy_activity_duration,
    latestChangeAt: row.latest_change_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What {@link toWorkspace} reads; a list adds its conditions. */
export function selectWorkspaces(db: Db) {
  return db
    .selectFrom("workspaces")
    .innerJoin("organizations", "organizations.id", "workspaces.organization_id")
    .innerJoin("projects", "projects.id", "workspaces.project_id")
    .leftJoin("state_versions", "state_versions.id", "workspaces.current_state_version_id")
    .selectAll("workspaces")
    .select([
      "organizations.name as organization_name",
      "projects.external_id as project_external_id",
      "projects.auto_destroy_activity_duration as project_auto_destroy",
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
    .values({
      id,
      organization_id: organizationId,
      last_run_number: 0,
      latest_change_at: now,
      created_at: now,
      ...toColumns(settings, now),
    })
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
    execution_mode_overwritten: flag(settings.executionModeOverwritten),
    agent_pool_id: settings.agentPoolId,
    auto_apply: flag(settings.autoApply),
    auto_apply_run_trigger: flag(settings.autoApplyRunTrigger),
    allow_destroy_plan: flag(settings.allowDestroyPlan),
    terraform_version: settings.terraformVersion,
    engine_name: settings.engineName,
    engine_version: settings.engineVersion,
    client_engine: settings.clientEngine,
    working_directory: settings.workingDirectory,
    assessments_enabled: flag(settings.assessmentsEnabled),
    follow: settings.follow,
    image_age_days_max: settings.imageAgeDaysMax,
    image_behind_days_max: settings.imageBehindDaysMax,
    queue_all_runs: flag(settings.queueAllRuns),
    speculative_enabled: flag(settings.speculativeEnabled),
    file_triggers_enabled: flag(settings.fileTriggersEnabled),
    trigger_prefixes: JSON.stringify(settings.triggerPrefixes),
    trigger_patterns: JSON.stringify(settings.triggerPatterns),
    structured_run_output_enabled: flag(settings.structuredRunOutputEnabled),
    global_remote_state: flag(settings.globalRemoteState),
    project_remote_state: flag(settings.projectRemoteState),
    source_name: settings.sourceName,
    source_url: settings.sourceUrl,
    auto_destroy_at: settings.autoDestroyAt,
    auto_destroy_activity_duration: settings.autoDestroyActivityDuration,
    inherits_project_auto_destroy: flag(settings.inheritsProjectAutoDestroy),
    ssh_key_id: settings.sshKeyId,
    updated_at: now,
  };
}

function flag(value: boolean): number {
  return value ? 1 : 0;
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

/** Its state has changed: that is what counts as activity of the workspace. The caller has locked it. */
export async function setCurrentStateVersion(
  tx: Tx,
  id: string,
  state: { readonly stateVersionId: string; readonly isEmpty: boolean },
  now: Millis,
): Promise<void> {
  const rule = await tx
    .selectFrom("workspaces as w")
    .innerJoin("projects as p", "p.id", "w.project_id")
    .select([
      "w.auto_destroy_at",
      "w.inherits_project_auto_destroy",
      "w.auto_destroy_activity_duration",
      "p.auto_destroy_activity_duration as project_duration",
    ])
    .where("w.id", "=", id)
    .executeTakeFirstOrThrow();
  const activityMs = activityMsOf(
    {
      inheritsProjectAutoDestroy: rule.inherits_project_auto_destroy === 1,
      autoDestroyActivityDuration: rule.auto_destroy_activity_duration,
    },
    rule.project_duration,
  );
  await tx
    .updateTable("workspaces")
    .set({
      current_state_version_id: state.stateVersionId,
      latest_change_at: now,
      auto_destroy_at: autoDestroyAfterChange(rule.auto_destroy_at, activityMs, state, now),
    })
    .where("id", "=", id)
    .execute();
}

export async function setAutoDestroyAt(tx: Tx, id: string, at: Millis | null): Promise<void> {
  await tx.updateTable("workspaces").set({ auto_destroy_at: at }).where("id", "=", id).execute();
}

/** The ids of those whose time to be destroyed has come, the longest overdue first. */
export async function listDueForDestroy(db: Db, now: Millis, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("workspaces")
    .select("id")
    .where("auto_destroy_at", "<=", now)
    .orderBy("auto_destroy_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
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

/** Those of these workspaces that are in the organization, with the projects they are in. */
export async function findWorkspacesInOrganization(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly projectId: string }[]> {
  return inChunks(ids, async (chunk) => {
    const rows = await db
      .selectFrom("workspaces")
      .select(["id", "project_id"])
      .where("organization_id", "=", organizationId)
      .where("id", "in", chunk)
      .execute();
    return rows.map((row) => ({ id: row.id, projectId: row.project_id }));
  });
}
