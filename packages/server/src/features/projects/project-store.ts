import type { Db } from "../../db/database.ts";
import type { Projects } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";

/** HCP clients know a project by `id` (a UUID), Terraform clients by `externalId` (`prj-…`) and name. */
export interface Project {
  readonly id: string;
  readonly externalId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Millis;
}

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

/** Oldest first, so that the default project leads: both HCP clients choose the oldest. At most 1000. */
export async function listProjects(
  db: Db,
  filter: { readonly organizationId: string; readonly projectId?: string | null; readonly name?: string },
): Promise<Project[]> {
  let query = db.selectFrom("projects").selectAll().where("organization_id", "=", filter.organizationId);
  if (filter.projectId != null) query = query.where("id", "=", filter.projectId);
  if (filter.name !== undefined) query = query.where("name", "=", filter.name);
  const rows = await query.orderBy("created_at").orderBy("id").limit(1000).execute();
  return rows.map(toProject);
}
