import type { Db } from "../../db/database.ts";

export interface ProjectTag {
  readonly key: string;
  readonly value: string;
}

/** Tags of several projects at once, by key. One statement. */
export async function listProjectTags(
  db: Db,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ProjectTag[]>> {
  const tags = new Map<string, ProjectTag[]>(projectIds.map((id) => [id, []]));
  if (projectIds.length === 0) return tags;
  const rows = await db
    .selectFrom("project_tags")
    .selectAll()
    .where("project_id", "in", projectIds)
    .orderBy("key")
    .execute();
  for (const row of rows) tags.get(row.project_id)?.push({ key: row.key, value: row.value });
  return tags;
}

/** Adds the tags; one that is there already gets the new value. */
export async function saveProjectTags(db: Db, projectId: string, tags: readonly ProjectTag[]): Promise<void> {
  for (const tag of tags) {
    await db
      .insertInto("project_tags")
      .values({ project_id: projectId, key: tag.key, value: tag.value })
      .onConflict((c) => c.columns(["project_id", "key"]).doUpdateSet({ value: tag.value }))
      .execute();
  }
}

export async function removeAllProjectTags(db: Db, projectId: string): Promise<void> {
  await db.deleteFrom("project_tags").where("project_id", "=", projectId).execute();
}
