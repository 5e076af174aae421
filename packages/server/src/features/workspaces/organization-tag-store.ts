import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { inProjects } from "../../db/in-projects.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { ProjectScope } from "../access/index.ts";

/** A key that workspaces of an organization have as tag. */
export interface OrganizationTag {
  readonly key: string;
  readonly workspaceCount: number;
}

export interface OrganizationTagFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** In the key, whatever the case. */
  readonly text?: string;
  /** Without the tags of this workspace. */
  readonly notOfWorkspace?: string;
}

function selectTags(db: Db, filter: OrganizationTagFilter) {
  const { text, notOfWorkspace } = filter;
  return db
    .selectFrom("workspace_tags as t")
    .innerJoin("workspaces as w", "w.id", "t.workspace_id")
    .where("w.organization_id", "=", filter.organizationId)
    .where(inProjects("w.project_id", filter.projects))
    .$if(text !== undefined, (q) => q.where(containsText("t.key", text ?? "")))
    .$if(notOfWorkspace !== undefined, (q) =>
      q.where((e) =>
        e(
          "t.key",
          "not in",
          e
            .selectFrom("workspace_tags as own")
            .select("own.key")
            .where("own.workspace_id", "=", notOfWorkspace ?? ""),
        ),
      ),
    );
}

/** One page, by key. Two statements. */
export async function listOrganizationTags(
  db: Db,
  filter: OrganizationTagFilter,
  page: Page,
): Promise<Paged<OrganizationTag>> {
  const query = selectTags(db, filter);
  const rows = await query
    .select(["t.key", (e) => e.fn.countAll().as("count")])
    .groupBy("t.key")
    .orderBy("t.key")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query.select((e) => e.fn.count("t.key").distinct().as("total")).executeTakeFirstOrThrow();
  return {
    items: rows.map((row) => ({ key: row.key, workspaceCount: Number(row.count) })),
    total: Number(total),
  };
}

export async function hasTagKey(db: Db, organizationId: string, key: string): Promise<boolean> {
  const row = await db
    .selectFrom("workspace_tags as t")
    .innerJoin("workspaces as w", "w.id", "t.workspace_id")
    .select("t.key")
    .where("w.organization_id", "=", organizationId)
    .where("t.key", "=", key)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the tags from every workspace of the organization; then they are not there any more. One statement. */
export async function deleteOrganizationTags(db: Db, organizationId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db
    .deleteFrom("workspace_tags")
    .where("key", "in", keys)
    .where("workspace_id", "in", (e) =>
      e.selectFrom("workspaces").select("workspaces.id").where("workspaces.organization_id", "=", organizationId),
    )
    .execute();
}

/** Of these keys those that the project gives and that no workspace in it may have another value of. One statement. */
export async function findKeysNotToOverride(
  db: Db,
  place: { readonly organizationId: string; readonly projectId: string },
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom("reserved_tag_keys as r")
    .innerJoin("project_tags as p", "p.key", "r.key")
    .select("r.key")
    .where("r.organization_id", "=", place.organizationId)
    .where("r.disable_overrides", "=", 1)
    .where("p.project_id", "=", place.projectId)
    .where("r.key", "in", keys)
    .orderBy("r.key")
    .execute();
  return rows.map((row) => row.key);
}
