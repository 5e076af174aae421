import { Type } from "typebox";
import type { VariableContent } from "../../features/variables/index.ts";
import type { Call } from "../shared/plane.ts";
import { attributesWithNulls, maybe, resourceBody } from "./json-api.ts";

export const variableAttributes = {
  value: maybe(Type.String()),
  description: maybe(Type.String({ maxLength: 512 })),
  category: maybe(Type.Union([Type.Literal("terraform"), Type.Literal("env")])),
  hcl: maybe(Type.Boolean()),
  sensitive: maybe(Type.Boolean()),
};
export const CreateVariableBody = resourceBody("vars", { ...variableAttributes, key: Type.String() });
export const UpdateVariableBody = resourceBody("vars", { ...variableAttributes, key: maybe(Type.String()) });

/** Several at once. */
export const UpdateVariablesBody = Type.Object({
  data: Type.Array(
    Type.Object({
      type: Type.Optional(Type.Literal("vars")),
      id: Type.String({ maxLength: 255 }),
      attributes: maybe(Type.Object({ ...variableAttributes, key: maybe(Type.String()) })),
    }),
    { maxItems: 100 },
  ),
});

type Given = { readonly [K in keyof VariableContent]?: VariableContent[K] | null };

/** The variable that a checked body describes. */
export function newContentOf(call: Call): VariableContent {
  return newContent(attributesWithNulls<VariableContent>(call));
}

export function newContent(given: Given): VariableContent {
  return {
    key: given.key ?? "",
    value: given.value ?? "",
    description: given.description ?? "",
    category: given.category ?? "terraform",
    hcl: given.hcl ?? false,
    sensitive: given.sensitive ?? false,
  };
}

/** What a checked body changes. Null and absent mean the same: clients send null for what they do not know. */
export function contentChangeOf(call: Call): Partial<VariableContent> {
  return changeOf(attributesWithNulls<VariableContent>(call));
}

/** As {@link contentChangeOf}, of a body with several. */
export function contentChangesOf(call: Call): { readonly id: string; readonly change: Partial<VariableContent> }[] {
  const { data } = call.body as {
    readonly data: readonly { readonly id: string; readonly attributes?: Given | null }[];
  };
  return data.map(({ id, attributes }) => ({ id, change: changeOf(attributes ?? {}) }));
}

function changeOf(given: Given): Partial<VariableContent> {
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== null && (name in variableAttributes || name === "key")),
  );
}
