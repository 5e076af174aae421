import { workspaceScope } from "../../features/access/index.ts";
import { workspaceOrders, type WorkspaceFilter, type WorkspaceSorting } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call } from "../shared/plane.ts";
import { queryList, queryText } from "./json-api.ts";

/** Which workspaces of its organization a request asks for. */
export function workspaceFilterOf(call: Call, organizationId: string): WorkspaceFilter {
  const projectExternalId = queryText(call, "filter[project][id]");
  const nameContains = queryText(call, "search[name]");
  const nameMatches = queryText(call, "search[wildcard-name]");
  const currentRunStatuses = queryList(call, "filter[current-run][status]");
  return {
    organizationId,
    ...workspaceScope(call.actor),
    ...(projectExternalId === undefined || projectExternalId === "" ? {} : { projectExternalId }),
    tags: [...(queryList(call, "search[tags]") ?? []).map((key) => ({ key })), ...taggedFilter(call)],
    withoutTags: queryList(call, "search[exclude-tags]") ?? [],
    ...(nameContains === undefined ? {} : { nameContains }),
    ...(nameMatches === undefined || nameMatches === "" ? {} : { nameMatches }),
    ...(currentRunStatuses === undefined ? {} : { currentRunStatuses }),
  };
}

/** Unasked, the oldest lead. Errors: invalid/sort. Source of the order: go-tfe, workspace_integration_test.go, List. */
export function workspaceSortingOf(call: Call): WorkspaceSorting {
  const text = queryText(call, "sort");
  if (text === undefined || text === "") return { by: "age", descending: false };
  const descending = text.startsWith("-");
  const by = workspaceOrders.find((order) => order === text.replace(/^-/, ""));
  if (by !== undefined) return { by, descending };
  throw new DomainError(
    "invalid",
    "sort",
    `Sort ${JSON.stringify(text)} is unknown. Use ${workspaceOrders.join(", ")}, or one of them with - in front.`,
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
