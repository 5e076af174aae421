import { Type } from "typebox";
import {
  createVariable,
  deleteVariable,
  getVariable,
  listWorkspaceVariables,
  updateVariable,
  type NewVariable,
  type Variable,
} from "../../features/variables/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Call, Route } from "../shared/plane.ts";
import { attributesOf, document, listDocument, maybe, param, resourceBody, toOne, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const optional = {
  value: maybe(Type.String()),
  description: maybe(Type.String({ maxLength: 512 })),
  category: maybe(Type.Union([Type.Literal("terraform"), Type.Literal("env")])),
  hcl: maybe(Type.Boolean()),
  sensitive: maybe(Type.Boolean()),
};
const CreateBody = resourceBody("vars", { ...optional, key: Type.String() });
const UpdateBody = resourceBody("vars", { ...optional, key: maybe(Type.String()) });

export function variableRoutes(deps: TfeDeps): Route[] {
  const list = async (call: Call) =>
    listDocument(await listWorkspaceVariables(deps, call.actor, param(call, "workspace_id")), presentVariable);
  return [
    {
      method: "GET",
      path: "/workspaces/:workspace_id/vars",
      needs: "variable:read",
      audit: "variable.list",
      handle: list,
    },
    {
      // With those of variable sets, of which there are none yet.
      method: "GET",
      path: "/workspaces/:workspace_id/all-vars",
      needs: "variable:read",
      audit: "variable.list-all",
      handle: list,
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/vars",
      needs: "variable:write",
      audit: "variable.create",
      body: CreateBody,
      handle: async (call) => {
        const given = attributesOf<NewVariable>(call);
        const variable = await createVariable(deps, call.actor, param(call, "workspace_id"), {
          key: given.key ?? "",
          value: given.value ?? "",
          description: given.description ?? "",
          category: given.category ?? "terraform",
          hcl: given.hcl ?? false,
          sensitive: given.sensitive ?? false,
        });
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
      body: UpdateBody,
      handle: async (call) => {
        const { key, value, description, category, hcl, sensitive } = attributesOf<NewVariable>(call);
        const variable = await updateVariable(
          deps,
          call.actor,
          param(call, "workspace_id"),
          param(call, "variable_id"),
          {
            ...(key === undefined ? {} : { key }),
            ...(value === undefined ? {} : { value }),
            ...(description === undefined ? {} : { description }),
            ...(category === undefined ? {} : { category }),
            ...(hcl === undefined ? {} : { hcl }),
            ...(sensitive === undefined ? {} : { sensitive }),
          },
        );
        return document(presentVariable(variable));
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

/** A sensitive value is null for everybody, whatever the role. */
function presentVariable(variable: Variable): Resource {
  return {
    id: variable.id,
    type: "vars",
    attributes: {
      key: variable.key,
      value: variable.sensitive ? null : variable.value,
      description: variable.description,
      category: variable.category,
      hcl: variable.hcl,
      sensitive: variable.sensitive,
      "created-at": toRfc3339(variable.createdAt),
    },
    relationships: { configurable: toOne("workspaces", variable.workspaceId) },
  };
}
