import { projectScope } from "../../features/access/index.ts";
import { Type } from "typebox";
import { findConfigurationVersion } from "../../features/config-versions/index.ts";
import { readPlanJson } from "../../features/runners/index.ts";
import {
  activeStatuses,
  cancelRun,
  confirmRun,
  createRun,
  discardableStatuses,
  discardRun,
  finalStatuses,
  forceCancelRun,
  forceExecuteRun,
  getPhase,
  getRun,
  listPhases,
  listQueue,
  listRuns,
  runStatuses,
  type PhaseKind,
  type Run,
  type RunFilter,
} from "../../features/runs/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { presentConfigurationVersion } from "./configuration-version-routes.ts";
import {
  attributesOf,
  document,
  includes,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  relatedId,
  relationTo,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { loadRunResources, phaseResource } from "./run-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const addresses = maybe(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 1000 }));
const RunBody = resourceBody(
  "runs",
  {
    message: maybe(Type.String({ maxLength: 10_000 })),
    "is-destroy": maybe(Type.Boolean()),
    refresh: maybe(Type.Boolean()),
    "refresh-only": maybe(Type.Boolean()),
    "plan-only": maybe(Type.Boolean()),
    "save-plan": maybe(Type.Boolean()),
    "auto-apply": maybe(Type.Boolean()),
    "allow-empty-apply": maybe(Type.Boolean()),
    "target-addrs": addresses,
    "replace-addrs": addresses,
    variables: maybe(
      Type.Array(Type.Object({ key: Type.String({ maxLength: 256 }), value: Type.String() }), { maxItems: 1000 }),
    ),
  },
  { workspace: relationTo("workspaces"), "configuration-version": relationTo("configuration-versions") },
);
const CommentBody = Type.Optional(Type.Union([Type.Object({ comment: maybe(Type.String()) }), Type.Null()]));

interface RunAttributes {
  readonly message: string;
  readonly "is-destroy": boolean;
  readonly refresh: boolean;
  readonly "refresh-only": boolean;
  readonly "plan-only": boolean;
  readonly "save-plan": boolean;
  readonly "auto-apply": boolean;
  readonly "allow-empty-apply": boolean;
  readonly "target-addrs": readonly string[];
  readonly "replace-addrs": readonly string[];
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

type Action = (deps: TfeDeps, actor: Call["actor"], id: string) => Promise<Run>;

export function runRoutes(deps: TfeDeps): Route[] {
  const reply = async (call: Call, run: Run, status = 200): Promise<Reply> => {
    const [resource] = await loadRunResources(deps, call.actor, [run]);
    return document(resource as Resource, await includedOf(deps, call, run), status);
  };
  const action = (name: string, needs: Route["needs"], act: Action): Route => ({
    method: "POST",
    path: `/runs/:run_id/actions/${name}`,
    needs,
    audit: `run.${name}`,
    body: CommentBody,
    handle: async (call) => {
      await act(deps, call.actor, param(call, "run_id"));
      return { status: 202, body: "null" };
    },
  });
  return [
    {
      method: "POST",
      path: "/runs",
      needs: "run:create",
      audit: "run.create",
      body: RunBody,
      handle: async (call) => reply(call, await create(deps, call), 201),
    },
    {
      method: "GET",
      path: "/runs/:run_id",
      needs: "run:read",
      audit: "run.read",
      handle: async (call) => reply(call, await getRun(deps.db, call.actor, param(call, "run_id"))),
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/runs",
      needs: "run:read",
      audit: "run.list",
      handle: async (call) => {
        const workspace = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        return listReply(deps, call, { workspaceId: workspace.id });
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/runs",
      needs: "run:read",
      audit: "run.list-organization",
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        return listReply(deps, call, {});
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
    {
      // Missing it would end every command. Source: Terraform, internal/cloud/backend_run_warning.go.
      method: "GET",
      path: "/runs/:run_id/run-events",
      needs: "run:read",
      audit: "run.list-events",
      handle: async (call) => {
        await getRun(deps.db, call.actor, param(call, "run_id"));
        return listDocument<Resource>([], (event) => event);
      },
    },
    action("apply", "run:apply", confirmRun),
    action("discard", "run:apply", discardRun),
    action("cancel", "run:apply", cancelRun),
    action("force-cancel", "workspace:delete", forceCancelRun),
    action("force-execute", "run:apply", forceExecuteRun),
    ...phaseRoutes(deps),
  ];
}

function phaseRoutes(deps: TfeDeps): Route[] {
  const read = (kind: PhaseKind, path: string): Route => ({
    method: "GET",
    path,
    needs: "run:read",
    audit: `${kind}.read`,
    handle: async (call) => {
      const { phase } = await getPhase(deps.db, call.actor, param(call, "id"));
      if (phase.kind !== kind) throw new DomainError("not_found", "run_not_found", `There is no such ${kind}.`);
      return document(await phaseResource(deps, phase));
    },
  });
  const planJson = async (call: Call, planId: string): Promise<Reply> => {
    const { phase } = await getPhase(deps.db, call.actor, planId);
    const json = await readPlanJson(deps, phase);
    return json === undefined || phase.kind !== "plan"
      ? { status: 204 }
      : { status: 200, body: json, contentType: "application/json" };
  };
  const planOf = async (call: Call): Promise<string> => {
    const run = await getRun(deps.db, call.actor, param(call, "run_id"));
    return (await listPhases(deps.db, [run.id])).find((phase) => phase.kind === "plan")?.id ?? "";
  };
  return [
    read("plan", "/plans/:id"),
    read("apply", "/applies/:id"),
    {
      // The plan in full, secrets too: for those who may read the state that it will become.
      method: "GET",
      path: "/plans/:id/json-output",
      needs: "state:read",
      audit: "plan.read-json",
      handle: async (call) => planJson(call, param(call, "id")),
    },
    {
      method: "GET",
      path: "/runs/:run_id/plan/json-output",
      needs: "state:read",
      audit: "plan.read-json",
      handle: async (call) => planJson(call, await planOf(call)),
    },
    {
      method: "GET",
      path: "/runs/:run_id/plan",
      needs: "run:read",
      audit: "plan.read",
      handle: async (call) => {
        const { phase } = await getPhase(deps.db, call.actor, await planOf(call));
        return document(await phaseResource(deps, phase));
      },
    },
    {
      // Its shape needs the schemas of all providers, and clients crash without them. Source: Terraform, internal/cloud.
      method: "GET",
      path: "/plans/:id/json-output-redacted",
      needs: "run:read",
      audit: "plan.read-redacted-json",
      handle: async (call) => {
        await getPhase(deps.db, call.actor, param(call, "id"));
        throw new DomainError(
          "invalid",
          "no_redacted_plan",
          "This server keeps no rendered plans. Use `show -json` for this plan, or read the log of its run.",
        );
      },
    },
  ];
}

async function create(deps: TfeDeps, call: Call): Promise<Run> {
  const given = attributesOf<RunAttributes>(call);
  const workspaceId = relatedId(call, "workspace");
  if (workspaceId === undefined) {
    throw new DomainError("invalid", "workspace_missing", "The relationship `workspace` is missing.");
  }
  visibleWorkspace(call.actor, await findWorkspace(deps.db, workspaceId));
  const configurationVersionId = relatedId(call, "configuration-version");
  const autoApply = given["auto-apply"];
  return createRun(deps, {
    workspaceId,
    createdBy: { id: call.actor.id, name: call.actor.name },
    ...(configurationVersionId === undefined ? {} : { configurationVersionId }),
    ...(given.message === undefined ? {} : { message: given.message }),
    ...(autoApply === undefined ? {} : { autoApply }),
    ...(given["target-addrs"] === undefined ? {} : { targetAddrs: given["target-addrs"] }),
    ...(given["replace-addrs"] === undefined ? {} : { replaceAddrs: given["replace-addrs"] }),
    isDestroy: given["is-destroy"] ?? false,
    refresh: given.refresh ?? true,
    refreshOnly: given["refresh-only"] ?? false,
    planOnly: given["plan-only"] ?? false,
    savePlan: given["save-plan"] ?? false,
    allowEmptyApply: given["allow-empty-apply"] ?? false,
    // Values are expressions, whoever sends them. Source: Terraform, internal/cloud/cloud_variables.go.
    variables: (given.variables ?? []).map(({ key, value }) => ({ key, value, hcl: true })),
  });
}

/** Newest first: the command line counts the runs that come after its own. Source: Terraform, internal/cloud. */
async function listReply(deps: TfeDeps, call: Call, where: { readonly workspaceId?: string }): Promise<Reply> {
  const page = pageOf(call);
  const statuses = statusFilter(call);
  const sources = queryList(call, "filter[source]");
  const operations = queryList(call, "filter[operation]");
  const filter: RunFilter = {
    organizationId: call.actor.organizationId,
    projects: projectScope(call.actor),
    ...where,
    ...(statuses === undefined ? {} : { statuses }),
    ...(sources === undefined ? {} : { sources }),
    // Plan-only runs are left out unless they are asked for. Source: the published API, list runs in a workspace.
    ...(operations === undefined
      ? { planOnly: false }
      : operations.every((operation) => operation === "plan_only")
        ? { planOnly: true }
        : operations.includes("plan_only")
          ? {}
          : { planOnly: false }),
  };
  const { items, total } = await listRuns(deps.db, filter, page);
  return pageDocument(page, { items: await loadRunResources(deps, call.actor, items), total }, (run) => run);
}

function statusFilter(call: Call): readonly string[] | undefined {
  const group = queryList(call, "filter[status_group]")?.[0];
  const listed = queryList(call, "filter[status]");
  if (group === undefined) return listed;
  const ofGroup: readonly string[] =
    group === "final"
      ? finalStatuses
      : group === "discardable"
        ? discardableStatuses
        : runStatuses.filter((status) => !finalStatuses.includes(status));
  return listed === undefined ? ofGroup : ofGroup.filter((status) => listed.includes(status));
}

async function queueReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const page = pageOf(call);
  const { items, total } = await listQueue(
    deps.db,
    {
      organizationId: call.actor.organizationId,
      projects: projectScope(call.actor),
      statuses: activeStatuses,
    },
    page,
  );
  const positions = new Map(items.map((run, index) => [run.id, (page.number - 1) * page.size + index + 1]));
  return pageDocument(page, { items: await loadRunResources(deps, call.actor, items, positions), total }, (run) => run);
}

/** Included objects carry their attributes: a stub alone would read as zero values. */
async function includedOf(deps: TfeDeps, call: Call, run: Run): Promise<Resource[]> {
  const wanted = includes(call);
  const included: Resource[] = [];
  if (wanted.has("workspace")) {
    const workspace = await findWorkspace(deps.db, run.workspaceId);
    if (workspace !== undefined) included.push(...(await loadWorkspaces(deps.db, [workspace], call.actor)));
  }
  if (wanted.has("plan") || wanted.has("apply")) {
    for (const phase of await listPhases(deps.db, [run.id])) {
      if (wanted.has(phase.kind)) included.push(await phaseResource(deps, phase));
    }
  }
  if (wanted.has("configuration_version")) {
    const version = await findConfigurationVersion(deps.db, run.configurationVersionId);
    if (version !== undefined) included.push(presentConfigurationVersion(version, null));
  }
  return included;
}
