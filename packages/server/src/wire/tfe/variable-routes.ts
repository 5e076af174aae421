import {
  createVariable,
  deleteVariable,
  getVariable,
  listWorkspaceVariables,
  updateVariable,
  updateVariables,
} from "../../features/variables/index.ts";
import { listEffectiveVariables } from "../../features/variable-sets/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import type { Route } from "../shared/plane.ts";
import { document, listDocument, param } from "./json-api.ts";
import { presentSetVariable, presentVariable } from "./present-variable.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import {
  contentChangeOf,
  contentChangesOf,
  CreateVariableBody,
  newContentOf,
  UpdateVariableBody,
  UpdateVariablesBody,
} from "./variable-body.ts";

export function variableRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/workspaces/:workspace_id/vars",
      needs: "variable:read",
      audit: "variable.list",
      handle: async (call) =>
        listDocument(await listWorkspaceVariables(deps, call.actor, param(call, "workspace_id")), presentVariable),
    },
    {
      // What its runs get: its own and those of variable sets, one for each key. Clients read no second page.
      method: "GET",
      path: "/workspaces/:workspace_id/all-vars",
      needs: "variable:read",
      audit: "variable.list-all",
      handle: async (call) => {
        const workspace = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        return listDocument(await listEffectiveVariables(deps, workspace), (variable) =>
          "workspaceId" in variable ? presentVariable(variable) : presentSetVariable(variable),
        );
      },
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/vars",
      needs: "variable:write",
      audit: "variable.create",
      body: CreateVariableBody,
      handle: async (call) => {
        const variable = await createVariable(deps, call.actor, param(call, "workspace_id"), newContentOf(call));
        return document(presentVariable(variable), [], 201);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/vars/:variable_id",
      needs: "variable:read",
      audit: "variable.read",
      handle: async (call) =>
        document(
          presentVariable(await getVariable(deps, call.actor, param(call, "workspace_id"), param(call, "variable_id"))),
        ),
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id/vars/:variable_id",
      needs: "variable:write",
      audit: "variable.update",
      body: UpdateVariableBody,
      handle: async (call) =>
        document(
          presentVariable(
            await updateVariable(
              deps,
              call.actor,
              param(call, "workspace_id"),
              param(call, "variable_id"),
              contentChangeOf(call),
            ),
          ),
        ),
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id/relationships/vars",
      needs: "variable:write",
      audit: "variable.update-several",
      body: UpdateVariablesBody,
      handle: async (call) => {
        await updateVariables(deps, call.actor, param(call, "workspace_id"), contentChangesOf(call));
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: "/workspaces/:workspace_id/vars/:variable_id",
      needs: "variable:write",
      audit: "variable.delete",
      handle: async (call) => {
        await deleteVariable(deps, call.actor, param(call, "workspace_id"), param(call, "variable_id"));
        return { status: 204 };
      },
    },
  ];
}
