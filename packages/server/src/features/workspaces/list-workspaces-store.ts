import { sql } from "kysely";
import type { ProjectScope } from "../access/index.ts";
import { containsText, matchesWildcard } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { selectWorkspaces, toWorkspace } from "./workspace-store.ts";
import type { Workspace } from "./workspace.ts";

export interface WorkspaceFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** With these of other projects. */
  readonly workspaces?: readonly string[];
  /** `prj-…`: only what is in this one. */
  readonly projectExternalId?: string;
  readonly nameContains?: string;
  /** The whole name, where `*` stands for any text. */
  readonly nameMatches?: string;
  /** All of them must be on the workspace; a tag without value asks for its key alone. */
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
  readonly withoutTags?: readonly string[];
  /** Of the run that holds the workspace or did last. */
  readonly currentRunStatuses?: readonly string[];
  readonly inProject?: string;
  readonly except?: string;
  /** Only those that it lists as consumers of its state. */
  readonly consumersOf?: string;
}

export const workspaceOrders = ["name", "current-run.created-at", "latest-change-at"] as const;

export interface WorkspaceSorting {
  readonly by: (typeof workspaceOrders)[number] | "age";
  readonly descending: boolean;
}

/** One page, by name unless asked otherwise. Two statements. */
export async function listWorkspaces(
  db: Db,
  filter: WorkspaceFilter,
  page: Page,
  sorting: WorkspaceSorting = { by: "name", descending: false },
): Promise<Paged<Workspace>> {
  const query = filtered(selectWorkspaces(db), filter);
  const rows = await sorted(query, sorting).limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toWorkspace), total: Number(total) };
}

type WorkspaceQuery = ReturnType<typeof selectWorkspaces>;

function sorted(query: WorkspaceQuery, { by, descending }: WorkspaceSorting): WorkspaceQuery {
  const direction = descending ? "desc" : "asc";
  switch (by) {
    case "name":
      return query.orderBy("workspaces.name", direction);
    case "age":
      return query.orderBy("workspaces.created_at", direction).orderBy("workspaces.id");
    case "latest-change-at":
      return query.orderBy("workspaces.latest_change_at", direction).orderBy("workspaces.id");
    case "current-run.created-at": {
      const startedAt = sql<number | null>`(select r.created_at from runs as r where r.id = workspaces.current_run_id)`;
      // Those that never had a run come last in both directions, whatever the database does with nulls.
      return query
        .orderBy(sql`${startedAt} is null`)
        .orderBy(startedAt, direction)
        .orderBy("workspaces.id");
    }
  }
}

function filtered(all: WorkspaceQuery, filter: WorkspaceFilter): WorkspaceQuery {
  let query = all
    .where("workspaces.organization_id", "=", filter.organizationId)
    .where(inProjectsOrWorkspaces({ project: "workspaces.project_id", workspace: "workspaces.id" }, filter));
  const { projectExternalId, nameContains, nameMatches, currentRunStatuses, consumersOf, inProject, except } = filter;
  if (projectExternalId !== undefined) {
    query = query.where("workspaces.project_id", "in", (e) =>
      e.selectFrom("projects").select("projects.id").where("projects.external_id", "=", projectExternalId),
    );
  }
  if (inProject !== undefined) query = query.where("workspaces.project_id", "=", inProject);
  if (except !== undefined) query = query.where("workspaces.id", "!=", except);
  if (nameContains !== undefined) query = query.where(containsText("workspaces.name", nameContains));
  if (nameMatches !== undefined) query = query.where(matchesWildcard("workspaces.name", nameMatches));
  for (const tag of filter.tags ?? []) query = query.where(hasTag(tag));
  for (const key of filter.withoutTags ?? []) query = query.where(sql<boolean>`not ${hasTag({ key })}`);
  if (currentRunStatuses !== undefined) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom("runs")
          .select("runs.id")
          .whereRef("runs.id", "=", "workspaces.current_run_id")
          .where("runs.status", "in", currentRunStatuses),
      ),
    );
  }
  if (consumersOf !== undefined) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom("remote_state_consumers as c")
          .select("c.consumer_id")
          .whereRef("c.consumer_id", "=", "workspaces.id")
          .where("c.workspace_id", "=", consumersOf),
      ),
    );
  }
  return query;
}

/** Of its own or of its project. */
function hasTag({ key, value }: { readonly key: string; readonly value?: string }) {
  const wanted = value === undefined ? sql`` : sql` and t.value = ${value}`;
  return sql<boolean>`(exists (select 1 from workspace_tags as t where t.workspace_id = workspaces.id and t.key = ${key}${wanted})
    or exists (select 1 from project_tags as t where t.project_id = workspaces.project_id and t.key = ${key}${wanted}
      and not exists (select 1 from workspace_tags as own where own.workspace_id = workspaces.id and own.key = ${key})))`;
}
