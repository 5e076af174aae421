import type { Db, Tx } from "../../db/database.ts";

export async function findWorkspacesLeft(db: Db, organizationId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("workspaces")
    .select("id")
    .where("organization_id", "=", organizationId)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function findBucketsLeft(db: Db, organizationId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("buckets")
    .innerJoin("projects", "projects.id", "buckets.project_id")
    .select("buckets.id")
    .where("projects.organization_id", "=", organizationId)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

const eventsAtOnce = 1000;

/** Removes some of the organization's events; whether there were any. */
export async function removeEvents(db: Db, organizationId: string): Promise<boolean> {
  const removed = await db
    .deleteFrom("events")
    .where("id", "in", (e) =>
      e.selectFrom("events").select("id").where("organization_id", "=", organizationId).limit(eventsAtOnce),
    )
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

/** With all that refers to it, and the few rows that only carry its id. */
export async function deleteOrganizationRow(tx: Tx, organizationId: string): Promise<void> {
  for (const table of ["assessment_gates", "advisory_gates"] as const) {
    await tx.deleteFrom(table).where("organization_id", "=", organizationId).execute();
  }
  await tx.deleteFrom("organizations").where("id", "=", organizationId).where("deleted_at", "is not", null).execute();
}
