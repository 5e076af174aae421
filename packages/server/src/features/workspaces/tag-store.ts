import type { Db } from "../../db/database.ts";
import type { EffectiveTag, Tag } from "./workspace.ts";

/** Tags of several workspaces at once, by key. One statement. */
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

/** With those of the project whose key the workspace does not have itself, by key. Two statements. */
export async function listEffectiveTags(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly EffectiveTag[]>> {
  const own = await listTags(db, workspaceIds);
  if (workspaceIds.length === 0) return new Map();
  const inherited = await db
    .selectFrom("project_tags")
    .innerJoin("workspaces", "workspaces.project_id", "project_tags.project_id")
    .innerJoin("projects", "projects.id", "project_tags.project_id")
    .select(["workspaces.id", "projects.external_id", "project_tags.key", "project_tags.value"])
    .where("workspaces.id", "in", workspaceIds)
    .execute();
  const effective = new Map<string, EffectiveTag[]>(
    [...own].map(([id, tags]) => [id, tags.map((tag) => ({ ...tag, inheritedFrom: null }))]),
  );
  for (const { id, external_id, key, value } of inherited) {
    const tags = effective.get(id);
    if (tags?.some((tag) => tag.key === key) === false) tags.push({ key, value, inheritedFrom: external_id });
  }
  for (const tags of effective.values()) tags.sort((a, b) => (a.key < b.key ? -1 : 1));
  return effective;
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

/** Null: all of them. */
export async function removeTags(db: Db, workspaceId: string, keys: readonly string[] | null): Promise<void> {
  if (keys?.length === 0) return;
  await db
    .deleteFrom("workspace_tags")
    .where("workspace_id", "=", workspaceId)
    .$if(keys !== null, (q) => q.where("key", "in", keys as string[]))
    .execute();
}
