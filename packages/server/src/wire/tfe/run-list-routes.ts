import { workspaceScope } from "../../features/access/index.ts";
import {
  activeStatuses,
  discardableStatuses,
  finalStatuses,
  isRunOperation,
  listQueue,
  listRuns,
  listRunsWithoutTotal,
  runOperations,
  runStatuses,
  type Run,
  type RunFilter,
  type RunOperation,
} from "../../features/runs/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page } from "../../platform/paging.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { pageDocument, pageOf, param, queryList, queryText, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { includedOfRuns } from "./run-included.ts";
import { loadRunResources } from "./run-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Runs of a workspace, of an organization, and those that wait for runners or are worked on. */
export function runListRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/workspaces/:workspace_id/runs",
      needs: "run:read",
      audit: "run.list",
      handle: async (call) => {
        const workspace = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        const page = pageOf(call);
        const filter = filterOf(call, deps.now(), { organizationId: workspace.organizationId });
        const runs = await listRuns(deps.db, { ...filter, projects: null, workspaceId: workspace.id }, page);
        const items = await loadRunResources(deps, call.actor, runs.items);
        const included = await includedOfRuns(deps, call, runs.items);
        return pageDocument(page, { items, total: runs.total }, (run) => run, included);
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/runs",
      needs: "run:read",
      audit: "run.list-organization",
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const { organizationId } = call.actor;
        const filter = filterOf(call, deps.now(), { organizationId, timeframe: "year", planOnlyToo: true });
        const { items, more } = await listRunsWithoutTotal(deps.db, { ...filter, ...workspaceScope(call.actor) }, page);
        const resources = await loadRunResources(deps, call.actor, items);
        return openPage(page, resources, more, await includedOfRuns(deps, call, items));
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/runs/queue",
      needs: "run:read",
      audit: "run.list-queue",
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        return queueReply(deps, call);
      },
    },
  ];
}

/** A page of a list that is never counted. Source: HCP Terraform API, list runs in an organization. */
function openPage(page: Page, items: readonly Resource[], more: boolean, included: readonly Resource[]): Reply {
  return {
    status: 200,
    body: {
      data: items,
      ...(included.length === 0 ? {} : { included }),
      meta: {
        pagination: {
          "current-page": page.number,
          "page-size": page.size,
          "prev-page": page.number > 1 ? page.number - 1 : null,
          "next-page": more ? page.number + 1 : null,
        },
      },
    },
  };
}

interface FilterDefaults {
  readonly organizationId: string;
  readonly timeframe?: string;
  /** Plan-only runs are left out of the list of a workspace unless they are asked for. Source: HCP Terraform API. */
  readonly planOnlyToo?: boolean;
}

/** What the query asks for. Errors: invalid/run_filter. */
function filterOf(call: Call, now: number, defaults: FilterDefaults): Omit<RunFilter, "projects"> {
  const statuses = statusFilter(call);
  const sources = queryList(call, "filter[source]");
  const operations = operationFilter(call);
  const [user, commit] = [queryText(call, "search[user]"), queryText(call, "search[commit]")];
  const basic = user === undefined && commit === undefined ? queryText(call, "search[basic]") : undefined;
  const workspaceNames = queryList(call, "filter[workspace_names]");
  const agentPoolNames = queryList(call, "filter[agent_pool_names]");
  return {
    organizationId: defaults.organizationId,
    ...(statuses === undefined ? {} : { statuses }),
    ...(sources === undefined ? {} : { sources }),
    ...(operations === undefined ? {} : { operations }),
    ...(operations === undefined && defaults.planOnlyToo !== true ? { planOnly: false } : {}),
    ...(workspaceNames === undefined ? {} : { workspaceNames }),
    ...(agentPoolNames === undefined ? {} : { agentPoolNames }),
    ...(user === undefined || user === "" ? {} : { createdByContains: user }),
    // No configuration of Ingot comes from a commit.
    ...(commit === undefined || commit === "" ? {} : { nothing: true }),
    ...(basic === undefined || basic === "" ? {} : { contains: basic }),
    ...timeframeOf(queryText(call, "filter[timeframe]") || defaults.timeframe, now),
  };
}

function operationFilter(call: Call): readonly RunOperation[] | undefined {
  const asked = queryList(call, "filter[operation]");
  const unknown = asked?.find((operation) => !isRunOperation(operation));
  if (unknown === undefined) return asked as RunOperation[] | undefined;
  throw new DomainError(
    "invalid",
    "run_filter",
    `filter[operation] does not know ${JSON.stringify(unknown.slice(0, 60))}; it knows ${runOperations.join(", ")}.`,
  );
}

function statusFilter(call: Call): readonly string[] | undefined {
  const group = queryList(call, "filter[status_group]")?.[0];
  const listed = queryList(call, "filter[status]");
  if (group === undefined) return listed;
  const ofGroup = statusGroups[group];
  if (ofGroup === undefined) {
    const known = Object.keys(statusGroups).join(", ");
    throw new DomainError("invalid", "run_filter", `filter[status_group] knows ${known}.`);
  }
  return listed === undefined ? ofGroup : ofGroup.filter((status) => listed.includes(status));
}

const statusGroups: Readonly<Record<string, readonly string[]>> = {
  final: finalStatuses,
  non_final: runStatuses.filter((status) => !finalStatuses.includes(status)),
  discardable: discardableStatuses,
};

/** A calendar year, or `year`: the last 365 days. Errors: invalid/run_filter. */
function timeframeOf(timeframe: string | undefined, now: number): { createdFrom?: number; createdBefore?: number } {
  if (timeframe === undefined) return {};
  if (timeframe === "year") return { createdFrom: now - 365 * 86_400_000 };
  const year = /^\d{4}$/.test(timeframe) ? Number(timeframe) : undefined;
  if (year === undefined) {
    throw new DomainError("invalid", "run_filter", "filter[timeframe] is a year such as 2026, or `year`.");
  }
  return { createdFrom: Date.UTC(year, 0), createdBefore: Date.UTC(year + 1, 0) };
}

async function queueReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const page = pageOf(call);
  const { items, total } = await listQueue(
    deps.db,
    { organizationId: call.actor.organizationId, ...workspaceScope(call.actor), statuses: activeStatuses },
    page,
  );
  const positions = new Map(items.map((run: Run, index) => [run.id, (page.number - 1) * page.size + index + 1]));
  return pageDocument(page, { items: await loadRunResources(deps, call.actor, items, positions), total }, (run) => run);
}
