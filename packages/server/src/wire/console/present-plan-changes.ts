import { Type, type Static } from "typebox";
import type { Check, OutputChange, ResourceChange } from "../../features/plan-changes/index.ts";
import { Nullable } from "./list-query.ts";

const AttributeChangeSchema = Type.Object({
  path: Type.String({ description: "such as tags.Name" }),
  before: Type.Unknown({ description: "null when absent, sensitive or unknown" }),
  after: Type.Unknown(),
  sensitive: Type.Boolean(),
  unknown: Type.Boolean({ description: "`after` is known only after the apply" }),
  forces_replacement: Type.Boolean(),
});

export const resourceChangeFields = {
  address: Type.String(),
  type: Type.String(),
  name: Type.String(),
  provider: Type.String(),
  actions: Type.Array(Type.String(), { description: "the engine's words, such as delete and create" }),
  kind: Type.Enum(["create", "update", "delete", "replace", "read", "none"]),
  attributes: Type.Array(AttributeChangeSchema),
  attributes_left_out: Type.Integer({ description: "so many more change than are listed" }),
  reason: Nullable(Type.String()),
};

export const ResourceChangeSchema = Type.Object(resourceChangeFields);
export type ResourceChangeView = Static<typeof ResourceChangeSchema>;

export const OutputChangeSchema = Type.Object({
  name: Type.String(),
  action: Type.Enum(["create", "update", "delete"]),
  before: Type.Optional(Type.Unknown({ description: "left out when sensitive" })),
  after: Type.Optional(Type.Unknown()),
  sensitive: Type.Boolean(),
});
export type OutputChangeView = Static<typeof OutputChangeSchema>;

export const checkFields = {
  address: Type.String(),
  kind: Type.Enum(["check", "resource", "output", "data"]),
  status: Type.Enum(["pass", "fail", "error", "unknown"]),
  problems: Type.Array(Type.String(), { description: "what the conditions that failed say" }),
};

export const CheckSchema = Type.Object(checkFields);
export type CheckView = Static<typeof CheckSchema>;

export function presentResourceChange(change: ResourceChange): ResourceChangeView {
  return {
    address: change.address,
    type: change.type,
    name: change.name,
    provider: change.provider,
    actions: [...change.actions],
    kind: change.kind,
    attributes: change.attributes.map((attribute) => ({
      path: attribute.path,
      before: attribute.before,
      after: attribute.after,
      sensitive: attribute.sensitive,
      unknown: attribute.unknown,
      forces_replacement: attribute.forcesReplacement,
    })),
    attributes_left_out: change.attributesLeftOut,
    reason: change.reason,
  };
}

export function presentOutputChange(change: OutputChange): OutputChangeView {
  return { ...change };
}

export function presentCheck(check: Check): CheckView {
  return { ...check, problems: [...check.problems] };
}
