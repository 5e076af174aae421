import { isDeepStrictEqual } from "node:util";
import type { Attribute } from "./schema.ts";
import { unknown, type ObjectValue, type Value } from "./value.ts";

export type ProposedChange = {
  /** Null for a create. */
  readonly prior: ObjectValue | null;
  /** The CLI's merge of the configuration with the computed values of `prior`. */
  readonly proposed: ObjectValue;
  readonly config: ObjectValue;
};

export type Plan = {
  readonly planned: ObjectValue;
  /** Names of the attributes whose change needs a new resource. */
  readonly requiresReplace: readonly string[];
};

/**
 * Plans a create or an update. Every known value of the plan is a promise: the CLI refuses an apply that ends with
 * another one, and refuses a plan that differs from what the configuration says.
 */
export function planResource(attributes: readonly Attribute[], { prior, proposed, config }: ProposedChange): Plan {
  const settled = Object.fromEntries(
    attributes.map((attribute): [string, Value] => [attribute.name, settle(attribute, { prior, proposed, config })]),
  );
  if (prior === null) return { planned: settled, requiresReplace: [] };
  const changed = attributes.filter(({ name }) => !isDeepStrictEqual(settled[name], prior[name] ?? null));
  if (changed.length === 0) return { planned: settled, requiresReplace: [] };
  const revised = attributes.filter((attribute) => attribute.revised).map(({ name }) => [name, unknown] as const);
  return {
    planned: { ...settled, ...Object.fromEntries(revised) },
    requiresReplace: changed.filter((attribute) => attribute.replaces).map(({ name }) => name),
  };
}

function settle(attribute: Attribute, { prior, proposed, config }: ProposedChange): Value {
  const inConfig = config[attribute.name] ?? null;
  if (attribute.computed && inConfig === null) {
    if (attribute.default !== undefined) return attribute.default;
    if (prior === null) return unknown;
  }
  return proposed[attribute.name] ?? null;
}
