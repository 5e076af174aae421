import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, resourcePages, type Resource, type ResourceDocument } from "../api/json-api.ts";
import type { VariableAttributes, VariableInput } from "../variables/variable-types.ts";

export interface VariableSetAttributes {
  readonly name: string;
  readonly description: string;
  readonly global: boolean;
  readonly priority: boolean;
  readonly "var-count": number;
  readonly "workspace-count": number;
  readonly "project-count": number;
}

export type VariableSet = Resource<VariableSetAttributes>;

export function variableSetsQuery(organization: string, text: string) {
  return resourcePages<VariableSetAttributes>(
    ["variable-sets", "list", organization, text],
    `${pathOf("organizations", organization)}/varsets`,
    { q: text },
  );
}

export function variableSetQuery(id: string) {
  return queryOptions({
    queryKey: ["variable-sets", "one", id],
    queryFn: async ({ signal }) =>
      (await callTfe<ResourceDocument<VariableSetAttributes>>(pathOf("varsets", id), { signal })).data,
  });
}

export function setVariablesQuery(id: string) {
  return resourcePages<VariableAttributes>(
    ["variable-sets", "variables", id],
    `${pathOf("varsets", id)}/relationships/vars`,
  );
}

export interface VariableSetInput {
  readonly name: string;
  readonly description: string;
  readonly global: boolean;
  readonly priority: boolean;
  readonly projects: readonly string[];
  readonly workspaces: readonly string[];
  /** The project that owns a new one; null: the organization. */
  readonly parent: string | null;
}

/** Answers its id. A set of everything has no members of its own. */
export async function saveVariableSet(
  organization: string,
  id: string | undefined,
  input: VariableSetInput,
): Promise<string> {
  const { name, description, global, priority } = input;
  const stubs = (type: string, ids: readonly string[]) => ({
    data: global ? [] : ids.map((one) => ({ type, id: one })),
  });
  const answer = await callTfe<ResourceDocument<VariableSetAttributes>>(
    id === undefined ? `${pathOf("organizations", organization)}/varsets` : pathOf("varsets", id),
    {
      method: id === undefined ? "POST" : "PATCH",
      body: resourceBody(
        "varsets",
        { name: name.trim(), description, global, priority },
        {
          projects: stubs("projects", input.projects),
          workspaces: stubs("workspaces", input.workspaces),
          ...(id === undefined && input.parent !== null
            ? { parent: { data: { type: "projects", id: input.parent } } }
            : {}),
        },
      ),
    },
  );
  return answer.data.id;
}

export async function deleteVariableSet(id: string): Promise<void> {
  await callTfe(pathOf("varsets", id), { method: "DELETE" });
}

export async function saveSetVariable(setId: string, id: string | undefined, input: VariableInput): Promise<void> {
  const collection = `${pathOf("varsets", setId)}/relationships/vars`;
  await callTfe(id === undefined ? collection : `${collection}/${pathOf(id)}`, {
    method: id === undefined ? "POST" : "PATCH",
    body: resourceBody("vars", input),
  });
}

export async function deleteSetVariable(setId: string, id: string): Promise<void> {
  await callTfe(`${pathOf("varsets", setId)}/relationships/vars/${pathOf(id)}`, { method: "DELETE" });
}
