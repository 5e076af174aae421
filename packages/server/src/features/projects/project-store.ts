import type { ProjectScope } from "../access/index.ts";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { Projects } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { organizationMode } from "./organization-mode.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import {
  projectsMax,
  type ExecutionMode,
  type Project,
  type ProjectContents,
  type ProjectSettings,
} from "./project.ts";

function toProject(row: Projects): Project {
  return {
    id: row.id,
    externalId: row.external_id,
    organizationId: row.organization_id,
    name: row.name,
    description: row.description,
    defaultExecutionMode: row.default_execution_mode as ExecutionMode,
    executionModeOverwritten: row.execution_mode_overwritten === 1,
    defaultAgentPoolId: row.default_agent_pool_id,
    autoDestroyActivityDuration: row.auto_destroy_activity_duration,
    createdAt: row.created_at,
  };
}

export async function insertProject(
  db: Db,
  project: { readonly organizationId: string; readonly name: string } & Partial<ProjectSettings>,
  now: Millis,
): Promise<Project> {
  const row = {
    id: newUuid(),
    external_id: newExternalId("prj"),
    organization_id: project.organizationId,
    name: project.name,
    description: project.description ?? "",
    default_execution_mode: project.defaultExecutionMode ?? "remote",
    execution_mode_overwritten: project.executionModeOverwritten === true ? 1 : 0,
    default_agent_pool_id: project.defaultAgentPoolId ?? null,
    auto_destroy_activity_duration: project.autoDestroyActivityDuration ?? null,
    created_at: now,
  };
  await db.insertInto("projects").values(row).execute();
  return toProject(row);
}

export async function findProject(db: Db, id: string): Promise<Project | undefined> {
  const row = await db.selectFrom("projects").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toProject(row);
}

export async function findProjectByExternalId(db: Db, externalId: string): Promise<Project | undefined> {
  const row = await db.selectFrom("projects").selectAll().where("external_id", "=", externalId).executeTakeFirst();
  return row && toProject(row);
}

/** Oldest first, so that the default project leads: both HCP clients choose the oldest. At most {@link projectsMax}. */
export async function listProjects(
  db: Db,
  filter: { readonly organizationId: string; readonly projects?: readonly string[] | null; readonly name?: string },
): Promise<Project[]> {
  let query = db.selectFrom("projects").selectAll().where("organization_id", "=", filter.organizationId);
  query = query.where(inProjects("id", filter.projects ?? null));
  if (filter.name !== undefined) query = query.where("name", "=", filter.name);
  const rows = await query.orderBy("created_at").orderBy("id").limit(projectsMax).execute();
  return rows.map(toProject);
}

/** Which projects a list is about. */
export interface ProjectFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** Of the name, whatever the case. */
  readonly text?: string;
  /** Whatever the case. */
  readonly names?: readonly string[];
  /** All of them must be on the project; a tag without value asks for its key alone. */
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
}

export type ProjectOrder = "name" | "created_at";

/** One page of an organization's projects. */
export async function pageProjects(
  db: Db,
  list: ProjectFilter & {
    readonly page: KeysetPage;
    readonly sorting: readonly { readonly field: ProjectOrder; readonly descending: boolean }[];
  },
): Promise<KeysetItems<Project>> {
  const rows = await selectProjects(db, list)
    .selectAll()
    .$call(keyset({ by: sortedColumns("projects", list.sorting), id: "projects.id" }, list.page))
    .execute();
  const cut = cutPage(rows, list.page, (row) => keyOf(row, list.sorting));
  return { ...cut, items: cut.items.map(toProject) };
}

/** Those of the organization among projects that clients name by their external ids, in any order. */
export async function findProjectsInOrganization(
  db: Db,
  organizationId: string,
  externalIds: readonly string[],
): Promise<{ readonly id: string; readonly externalId: string }[]> {
  return inChunks(externalIds, async (chunk) => {
    const rows = await db
      .selectFrom("projects")
      .select(["id", "external_id"])
      .where("organization_id", "=", organizationId)
      .where("external_id", "in", chunk)
      .execute();
    return rows.map((row) => ({ id: row.id, externalId: row.external_id }));
  });
}

export async function countProjects(db: Db, filter: ProjectFilter): Promise<number> {
  const row = await selectProjects(db, filter)
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

function selectProjects(db: Db, filter: ProjectFilter) {
  const { organizationId, projects, text, names, tags } = filter;
  let query = db
    .selectFrom("projects")
    .where("organization_id", "=", organizationId)
    .where(inProjects("id", projects))
    .$if(text !== undefined, (q) => q.where(containsText("projects.name", text as string)))
    .$if(names !== undefined, (q) =>
      q.where(
        (e) => e.fn<string>("lower", ["projects.name"]),
        "in",
        (names ?? []).map((name) => name.toLowerCase()),
      ),
    );
  for (const { key, value } of tags ?? []) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom("project_tags as t")
          .select("t.key")
          .whereRef("t.project_id", "=", "projects.id")
          .where("t.key", "=", key)
          .$if(value !== undefined, (q) => q.where("t.value", "=", value as string)),
      ),
    );
  }
  return query;
}

/**
 * One numbered page, by name when that is asked, else newest first. Two statements. Source of the order: go-tfe
 * projects_integration_test.go.
 */
export async function numberedProjects(
  db: Db,
  filter: ProjectFilter,
  page: Page,
  byName?: "asc" | "desc",
): Promise<Paged<Project>> {
  const query = selectProjects(db, filter).selectAll();
  const rows = await (byName === undefined ? query.orderBy("created_at", "desc") : query.orderBy("name", byName))
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toProject), total: await countProjects(db, filter) };
}

/** Locks the project until the transaction ends; undefined when it is gone. */
export async function lockProject(tx: Tx, id: string): Promise<Project | undefined> {
  const row = await tx.selectFrom("projects").selectAll().where("id", "=", id).$call(forUpdate(tx)).executeTakeFirst();
  return row && toProject(row);
}

/** Sets what is given and leaves the rest. Throws a unique violation for a name that is taken. */
export async function saveProject(db: Db, id: string, change: Partial<ProjectSettings>): Promise<void> {
  const { name, description, defaultExecutionMode, executionModeOverwritten, defaultAgentPoolId } = change;
  const { autoDestroyActivityDuration } = change;
  const columns = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(defaultExecutionMode === undefined ? {} : { default_execution_mode: defaultExecutionMode }),
    ...(executionModeOverwritten === undefined ? {} : { execution_mode_overwritten: executionModeOverwritten ? 1 : 0 }),
    ...(defaultAgentPoolId === undefined ? {} : { default_agent_pool_id: defaultAgentPoolId }),
    ...(autoDestroyActivityDuration === undefined
      ? {}
      : { auto_destroy_activity_duration: autoDestroyActivityDuration }),
  };
  if (Object.keys(columns).length === 0) return;
  await db.updateTable("projects").set(columns).where("id", "=", id).execute();
}

/** Gives the project's default to those of its workspaces that have no mode of their own. */
export async function inheritExecutionMode(tx: Tx, project: Project): Promise<void> {
  await tx
    .updateTable("workspaces")
    .set({ execution_mode: project.defaultExecutionMode, agent_pool_id: project.defaultAgentPoolId })
    .where("project_id", "=", project.id)
    .where("execution_mode_overwritten", "=", 0)
    .execute();
}

/**
 * Gives the organization's default to the projects that have none of their own, and through them to their workspaces. Two
 * statements for any number, and one that reads it.
 */
export async function inheritOrganizationMode(tx: Tx, organizationId: string): Promise<void> {
  const { mode, agentPoolId } = await organizationMode(tx, organizationId);
  const inheriting = tx
    .selectFrom("projects")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("execution_mode_overwritten", "=", 0);
  await tx
    .updateTable("workspaces")
    .set({ execution_mode: mode, agent_pool_id: agentPoolId })
    .where("project_id", "in", inheriting)
    .where("execution_mode_overwritten", "=", 0)
    .execute();
  await tx
    .updateTable("projects")
    .set({ default_execution_mode: mode, default_agent_pool_id: agentPoolId })
    .where("organization_id", "=", organizationId)
    .where("execution_mode_overwritten", "=", 0)
    .execute();
}

export async function deleteProjectRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("projects").where("id", "=", id).execute();
}

/** What is in the project that somebody has to remove before it can go. One statement. */
export async function countProjectContents(tx: Tx, projectId: string): Promise<ProjectContents> {
  const row = await tx
    .selectNoFrom((e) => [
      e
        .selectFrom("buckets")
        .select((b) => b.fn.countAll<number>().as("n"))
        .where("project_id", "=", projectId)
        .as("buckets"),
      e
        .selectFrom("workspaces")
        .select((w) => w.fn.countAll<number>().as("n"))
        .where("project_id", "=", projectId)
        .as("workspaces"),
      e
        .selectFrom("principals")
        .select((p) => p.fn.countAll<number>().as("n"))
        .where("project_id", "=", projectId)
        .where("kind", "=", "service_principal")
        .as("service_principals"),
    ])
    .executeTakeFirstOrThrow();
  return {
    buckets: Number(row.buckets ?? 0),
    workspaces: Number(row.workspaces ?? 0),
    servicePrincipals: Number(row.service_principals ?? 0),
  };
}
