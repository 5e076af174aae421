import type { ProjectScope } from "../access/index.ts";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { Projects } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { projectsMax, type Project, type ProjectContents } from "./project.ts";

function toProject(row: Projects): Project {
  return {
    id: row.id,
    externalId: row.external_id,
    organizationId: row.organization_id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
  };
}

export async function insertProject(
  db: Db,
  project: { readonly organizationId: string; readonly name: string; readonly description?: string },
  now: Millis,
): Promise<Project> {
  const row = {
    id: newUuid(),
    external_id: newExternalId("prj"),
    organization_id: project.organizationId,
    name: project.name,
    description: project.description ?? "",
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

export async function countProjects(db: Db, filter: ProjectFilter): Promise<number> {
  const row = await selectProjects(db, filter)
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

function selectProjects(db: Db, filter: ProjectFilter) {
  const { organizationId, projects, text } = filter;
  return db
    .selectFrom("projects")
    .where("organization_id", "=", organizationId)
    .where(inProjects("id", projects))
    .$if(text !== undefined, (q) => q.where(containsText("projects.name", text as string)));
}

/** Locks the project until the transaction ends; undefined when it is gone. */
export async function lockProject(tx: Tx, id: string): Promise<Project | undefined> {
  const row = await tx.selectFrom("projects").selectAll().where("id", "=", id).$call(forUpdate(tx)).executeTakeFirst();
  return row && toProject(row);
}

/** Sets what is given and leaves the rest. Throws a unique violation for a name that is taken. */
export async function saveProject(
  db: Db,
  id: string,
  change: { readonly name?: string; readonly description?: string },
): Promise<void> {
  await db.updateTable("projects").set(change).where("id", "=", id).execute();
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
