import { actingWith, canSee, type Actor } from "../../features/access/index.ts";
import {
  createRunTrigger,
  deleteRunTrigger,
  getRunTrigger,
  listRunTriggers,
  type RunTrigger,
} from "../../features/run-triggers/index.ts";
import { findWorkspace, findWorkspaces, visibleWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  document,
  includes,
  pageDocument,
  pageOf,
  param,
  queryText,
  relatedId,
  relationTo,
  resourceBody,
  toOne,
  type Resource,
} from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const TriggerBody = resourceBody("run-triggers", {}, { sourceable: relationTo("workspaces") });

/** Which applies start runs where. */
export function runTriggerRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/workspaces/:workspace_id/run-triggers",
      needs: "workspace:administer",
      audit: "run-trigger.create",
      body: TriggerBody,
      handle: async (call) => {
        const workspaceId = param(call, "workspace_id");
        const sourceId = relatedId(call, "sourceable");
        if (sourceId === undefined) {
          visibleWorkspace(call.actor, await findWorkspace(deps.db, workspaceId));
          throw new DomainError("invalid", "run_trigger", "The relationship `sourceable` is missing.");
        }
        const trigger = await createRunTrigger(deps, call.actor, { workspaceId, sourceId });
        return document(presentTrigger(trigger), await includedOf(deps, call, [trigger]), 201);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/run-triggers",
      needs: "run:read",
      audit: "run-trigger.list",
      handle: async (call) => {
        const workspace = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        const direction = queryText(call, "filter[run-trigger][type]");
        if (direction !== "inbound" && direction !== "outbound") {
          throw new DomainError(
            "invalid",
            "run_trigger_type",
            "filter[run-trigger][type] must be given: `inbound` or `outbound`.",
          );
        }
        const page = pageOf(call);
        const triggers = await listRunTriggers(deps.db, workspace.id, direction, page);
        return pageDocument(page, triggers, presentTrigger, await includedOf(deps, call, triggers.items));
      },
    },
    {
      method: "GET",
      path: "/run-triggers/:run_trigger_id",
      needs: "run:read",
      audit: "run-trigger.read",
      handle: async (call) => {
        const trigger = await getRunTrigger(deps.db, call.actor, param(call, "run_trigger_id"));
        return document(presentTrigger(trigger), await includedOf(deps, call, [trigger]));
      },
    },
    {
      method: "DELETE",
      path: "/run-triggers/:run_trigger_id",
      needs: "workspace:administer",
      audit: "run-trigger.delete",
      handle: async (call) => {
        await deleteRunTrigger(deps.db, call.actor, param(call, "run_trigger_id"));
        return { status: 204 };
      },
    },
  ];
}

function presentTrigger(trigger: RunTrigger): Resource {
  return {
    id: trigger.id,
    type: "run-triggers",
    attributes: {
      "workspace-name": trigger.workspaceName,
      "sourceable-name": trigger.sourceName,
      "created-at": toRfc3339(trigger.createdAt),
    },
    relationships: {
      workspace: toOne("workspaces", trigger.workspaceId),
      sourceable: toOne("workspaces", trigger.sourceId),
    },
    links: { self: `/api/v2/run-triggers/${trigger.id}` },
  };
}

/** Those of the two ends that the caller may see. Source: HCP Terraform API, run triggers. */
async function includedOf(deps: TfeDeps, call: Call, triggers: readonly RunTrigger[]): Promise<Resource[]> {
  const wanted = includes(call);
  const ids = triggers.flatMap((trigger) => [
    ...(wanted.has("workspace") ? [trigger.workspaceId] : []),
    ...(wanted.has("sourceable") ? [trigger.sourceId] : []),
  ]);
  const actor: Actor = actingWith(call.actor, null);
  const workspaces = await findWorkspaces(deps.db, [...new Set(ids)]);
  const seen = workspaces.filter((workspace) => canSee(actor, workspace));
  return loadWorkspaces(deps.db, seen, call.actor);
}
