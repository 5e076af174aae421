import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, relatedId, resourceBody, type Resource, type ResourceList } from "../../api/json-api.ts";
import type { VariableAttributes, VariableInput } from "../../variables/variable-types.ts";
import { markVariables, type SetRef } from "./mark-variables.ts";

type Variable = Resource<VariableAttributes>;

/** As many as there can be on a page; the sets of a workspace are few. */
const setsMax = 100;

/** Every variable that a workspace has or is given by sets, with what becomes of it. */
export function workspaceVariablesQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["variables", "workspace", workspaceId],
    queryFn: async ({ signal }) => {
      const workspace = pathOf("workspaces", workspaceId);
      const [own, effective, sets] = await Promise.all([
        callTfe<ResourceList<VariableAttributes>>(`${workspace}/vars`, { signal }),
        callTfe<ResourceList<VariableAttributes>>(`${workspace}/all-vars`, { signal }),
        callTfe<ResourceList<{ readonly name: string; readonly priority: boolean }>>(`${workspace}/varsets`, {
          query: { "page[size]": setsMax },
          signal,
        }),
      ]);
      const named = new Map(sets.data.map(({ id, attributes }): [string, SetRef] => [id, { id, ...attributes }]));
      return {
        variables: markVariables(own.data, effective.data, (variable: Variable) => {
          const id = relatedId(variable, "varset");
          return id === null ? null : (named.get(id) ?? { id, name: "a variable set", priority: false });
        }),
        sets: [...named.values()],
      };
    },
  });
}

export async function saveVariable(workspaceId: string, id: string | undefined, input: VariableInput): Promise<void> {
  const collection = `${pathOf("workspaces", workspaceId)}/vars`;
  await callTfe(id === undefined ? collection : `${collection}/${pathOf(id)}`, {
    method: id === undefined ? "POST" : "PATCH",
    body: resourceBody("vars", input),
  });
}

export async function deleteVariable(workspaceId: string, id: string): Promise<void> {
  await callTfe(pathOf("workspaces", workspaceId, "vars", id), { method: "DELETE" });
}
