import { projectScope, type ProjectScope } from "../../features/access/index.ts";
import {
  findProjectForActor,
  workspaceOrders,
  type WorkspaceFilter,
  type WorkspaceSorting,
} from "../../features/workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call } from "../shared/plane.ts";
import { queryList, queryText } from "./json-api.ts";

/** Which workspaces of its organization a request asks for. */
export async function workspaceFilterOf(db: Db, call: Call, organizationId: string): Promise<WorkspaceFilter> {
  const nameContains = queryText(call, "search[name]");
  const nameMatches = queryText(call, "search[wildcard-name]");
  const currentRunStatuses = queryList(call, "filter[current-run][status]");
  return {
    organizationId,
    projects: await projectFilter(db, call),
    tags: [...(queryList(call, "search[tags]") ?? []).map((key) => ({ key })), ...taggedFilter(call)],
    withoutTags: queryList(call, "search[exclude-tags]") ?? [],
    ...(nameContains === undefined ? {} : { nameContains }),
    ...(nameMatches === undefined || nameMatches === "" ? {} : { nameMatches }),
    ...(currentRunStatuses === undefined ? {} : { currentRunStatuses }),
  };
}

/** Errors: invalid/sort. */
export function workspaceSortingOf(call: Call): WorkspaceSorting {
  const text = queryText(call, "sort");
  if (text === undefined || text === "") return { by: "name", descending: false };
  const descending = text.startsWith("-");
  const by = workspaceOrders.find((order) => order === text.replace(/^-/, ""));
  if (by !== undefined) return { by, descending };
  throw new DomainError(
    "invalid",
    "sort",
    `Sort ${JSON.stringify(text)} is unknown. Use ${workspaceOrders.join(", ")}, or one of them with - in front.`,
  );
}

/** None when the filter names a project that the actor does not see. */
async function projectFilter(db: Db, call: Call): Promise<ProjectScope> {
  const externalId = queryText(call, "filter[project][id]");
  if (externalId === undefined || externalId === "") return projectScope(call.actor);
  return findProjectForActor(db, call.actor, externalId).then(
    (project) => [project.id],
    (error: unknown) => {
      if (error instanceof DomainError) return [];
      throw error;
    },
  );
}

/** `filter[tagged][0][key]=a`, with or without a value: all of them must be there. */
export function taggedFilter(call: Call): { key: string; value?: string }[] {
  const filters: { key: string; value?: string }[] = [];
  for (const name of Object.keys(call.query)) {
    const index = /^filter\[tagged\]\[(\d{1,3})\]\[key\]$/.exec(name)?.[1];
    const key = queryText(call, name);
    if (index === undefined || key === undefined || key === "") continue;
    const value = queryText(call, `filter[tagged][${index}][value]`);
    filters.push(value === undefined || value === "" ? { key } : { key, value });
  }
  // Each costs a condition of the statement.
  return filters.slice(0, 20);
}
