import { may } from "../../features/access/index.ts";
import { Type } from "typebox";
import {
  cancelRun,
  commentLengthMax,
  confirmRun,
  createRun,
  discardRun,
  forceCancelRun,
  forceExecuteRun,
  getRun,
  queuePosition,
  type Run,
} from "../../features/runs/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  param,
  relatedId,
  relationTo,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { phaseRoutes } from "./phase-routes.ts";
import { runHistoryRoutes } from "./run-history-routes.ts";
import { runListRoutes } from "./run-list-routes.ts";
import { includedOfRuns } from "./run-included.ts";
import { loadRunResources } from "./run-resources.ts";
import { isCloudBlock } from "./client-engine.ts";
import type { TfeDeps } from "./tfe-deps.ts";

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
    "allow-config-generation": maybe(Type.Boolean()),
    "debugging-mode": maybe(Type.Boolean()),
    "terraform-version": maybe(Type.String({ maxLength: 64 })),
    "invoke-action-addrs": addresses,
    "policy-paths": maybe(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100 })),
    "target-addrs": addresses,
    "replace-addrs": addresses,
    variables: maybe(
      Type.Array(Type.Object({ key: Type.String({ maxLength: 256 }), value: Type.String() }), { maxItems: 1000 }),
    ),
  },
  { workspace: relationTo("workspaces"), "configuration-version": relationTo("configuration-versions") },
);
const CommentBody = Type.Optional(
  Type.Union([Type.Object({ comment: maybe(Type.String({ maxLength: commentLengthMax })) }), Type.Null()]),
);

interface RunAttributes {
  readonly message: string;
  readonly "is-destroy": boolean;
  readonly refresh: boolean;
  readonly "refresh-only": boolean;
  readonly "plan-only": boolean;
  readonly "save-plan": boolean;
  readonly "auto-apply": boolean;
  readonly "allow-empty-apply": boolean;
  readonly "allow-config-generation": boolean;
  readonly "debugging-mode": boolean;
  readonly "terraform-version": string;
  readonly "invoke-action-addrs": readonly string[];
  readonly "policy-paths": readonly string[];
  readonly "target-addrs": readonly string[];
  readonly "replace-addrs": readonly string[];
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

type Action = (deps: TfeDeps, actor: Call["actor"], id: string, comment?: string) => Promise<Run>;

export function runRoutes(deps: TfeDeps): Route[] {
  const reply = async (call: Call, run: Run, status = 200): Promise<Reply> => {
    const position = await queuePosition(deps.db, run);
    const [resource] = await loadRunResources(deps, call.actor, [run], new Map([[run.id, position]]));
    return document(resource as Resource, await includedOfRuns(deps, call, [run]), status);
  };
  const action = (name: string, needs: Route["needs"], act: Action): Route => ({
    method: "POST",
    path: `/runs/:run_id/actions/${name}`,
    needs,
    audit: `run.${name}`,
    body: CommentBody,
    handle: async (call) => {
      const comment = (call.body as { readonly comment?: string | null } | null | undefined)?.comment?.trim();
      await act(deps, call.actor, param(call, "run_id"), comment === "" ? undefined : comment);
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
    action("apply", "run:apply", confirmRun),
    action("discard", "run:apply", discardRun),
    action("cancel", "run:apply", cancelRun),
    action("force-cancel", "run:force-cancel", forceCancelRun),
    action("force-execute", "run:apply", forceExecuteRun),
    ...runListRoutes(deps),
    ...runHistoryRoutes(deps),
    ...phaseRoutes(deps),
  ];
}

async function create(deps: TfeDeps, call: Call): Promise<Run> {
  const given = attributesOf<RunAttributes>(call);
  const workspaceId = relatedId(call, "workspace");
  if (workspaceId === undefined) {
    throw new DomainError("invalid", "workspace_missing", "The relationship `workspace` is missing.");
  }
  const workspace = visibleWorkspace(call.actor, await findWorkspace(deps.db, workspaceId));
  refuseUnsupported(given);
  const configurationVersionId = relatedId(call, "configuration-version");
  // Whoever may not apply cannot make a run that does so by itself. Source: HCP Terraform, run modes, auto-apply.
  const autoApply = may(call.actor, "run:apply", workspace) ? given["auto-apply"] : false;
  return createRun(deps, {
    workspaceId,
    createdBy: { id: call.actor.id, name: call.actor.name },
    ...(configurationVersionId === undefined ? {} : { configurationVersionId }),
    ...(given.message === undefined ? {} : { message: given.message }),
    source: isCloudBlock(call.request) ? "terraform+cloud" : "tfe-api",
    ...(autoApply === undefined ? {} : { autoApply }),
    ...(given["target-addrs"] === undefined ? {} : { targetAddrs: given["target-addrs"] }),
    ...(given["replace-addrs"] === undefined ? {} : { replaceAddrs: given["replace-addrs"] }),
    ...(given["invoke-action-addrs"] === undefined ? {} : { invokeAddrs: given["invoke-action-addrs"] }),
    ...(given["policy-paths"] === undefined ? {} : { policyPaths: given["policy-paths"] }),
    ...(given["terraform-version"] === undefined ? {} : { engineVersion: given["terraform-version"] }),
    debuggingMode: given["debugging-mode"] ?? false,
    allowConfigGeneration: given["allow-config-generation"] ?? false,
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

/** What would be accepted and not done is refused. Errors: invalid/run_options. */
function refuseUnsupported(given: Partial<RunAttributes>): void {
  if (given["policy-paths"]?.some((path) => path.startsWith("/")) === true) {
    throw new DomainError(
      "invalid",
      "run_options",
      "Attribute policy-paths must be relative to the directory in which the run plans.",
    );
  }
}
