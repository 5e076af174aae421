import {
  changeSetVariable,
  createSetVariable,
  deleteSetVariable,
  getSetVariable,
  pageSetVariables,
} from "../../features/variable-sets/index.ts";
import type { Call, Route } from "../shared/plane.ts";
import { document, pageDocument, pageOf, param } from "./json-api.ts";
import { presentSetVariable } from "./present-variable.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { contentChangeOf, CreateVariableBody, newContentOf, UpdateVariableBody } from "./variable-body.ts";

/** The variables of a variable set. */
export function setVariableRoutes(deps: TfeDeps): Route[] {
  const setOf = (call: Call): string => param(call, "varset_id");
  const variableOf = (call: Call): string => param(call, "set_variable_id");
  const path = "/varsets/:varset_id/relationships/vars";
  return [
    {
      method: "GET",
      path,
      needs: "variable-set:read",
      audit: "variable-set.list-variables",
      handle: async (call) => {
        const page = pageOf(call);
        return pageDocument(page, await pageSetVariables(deps, call.actor, setOf(call), page), presentSetVariable);
      },
    },
    {
      method: "POST",
      path,
      needs: "variable-set:write",
      audit: "variable-set.create-variable",
      body: CreateVariableBody,
      handle: async (call) => {
        const variable = await createSetVariable(deps, call.actor, setOf(call), newContentOf(call));
        return document(presentSetVariable(variable), [], 201);
      },
    },
    {
      method: "GET",
      path: `${path}/:set_variable_id`,
      needs: "variable-set:read",
      audit: "variable-set.read-variable",
      handle: async (call) =>
        document(presentSetVariable(await getSetVariable(deps, call.actor, setOf(call), variableOf(call)))),
    },
    {
      method: "PATCH",
      path: `${path}/:set_variable_id`,
      needs: "variable-set:write",
      audit: "variable-set.update-variable",
      body: UpdateVariableBody,
      handle: async (call) =>
        document(
          presentSetVariable(
            await changeSetVariable(deps, call.actor, setOf(call), variableOf(call), contentChangeOf(call)),
          ),
        ),
    },
    {
      method: "DELETE",
      path: `${path}/:set_variable_id`,
      needs: "variable-set:write",
      audit: "variable-set.delete-variable",
      handle: async (call) => {
        await deleteSetVariable(deps, call.actor, setOf(call), variableOf(call));
        return { status: 204 };
      },
    },
  ];
}
