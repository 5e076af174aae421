import { isObjectValue, type ObjectValue, type Value } from "./value.ts";

/** A type in the notation of the wire, which is also its JSON form. */
export type TypeConstraint =
  | "string"
  | "number"
  | readonly ["list" | "map", TypeConstraint]
  | readonly ["object", { readonly [name: string]: TypeConstraint }];

export type Attribute = {
  readonly name: string;
  readonly type: TypeConstraint;
  readonly description: string;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
  /** What an optional and computed attribute becomes when the configuration leaves it out. */
  readonly default?: Value;
  /** A change cannot be made in place. */
  readonly replaces?: true;
  /** Computed anew by every update, so unknown in the plan of one. */
  readonly revised?: true;
  /** What is wrong with a known value, as a sentence; undefined when nothing is. */
  readonly check?: (value: Value) => string | undefined;
};

/** The wire's Schema message. */
export function presentSchema(attributes: readonly Attribute[]): object {
  return { version: 0, block: { attributes: attributes.map(presentAttribute) } };
}

function presentAttribute(attribute: Attribute): object {
  const { name, type, description, required, optional, computed, sensitive } = attribute;
  return { name, type: Buffer.from(JSON.stringify(type)), description, required, optional, computed, sensitive };
}

/**
 * Exactly the attributes of the schema, whatever else `source` holds; what is missing is null. `origin` names the
 * source in the error, since people edit the files by hand.
 */
export function conformToSchema(attributes: readonly Attribute[], source: unknown, origin: string): ObjectValue {
  if (!isObjectValue(source as Value)) throw new TypeError(`${origin} must hold one JSON object.`);
  const object = source as ObjectValue;
  return Object.fromEntries(
    attributes.map(({ name, type }) => {
      const value = object[name] ?? null;
      if (!isOfType(value, type)) {
        throw new TypeError(`${origin}: "${name}" must be of the type ${JSON.stringify(type)} or null.`);
      }
      return [name, value];
    }),
  );
}

function isOfType(value: Value, type: TypeConstraint): boolean {
  if (value === null) return true;
  if (typeof type === "string") return typeof value === type;
  const [kind, inner] = type;
  switch (kind) {
    case "list":
      return Array.isArray(value) && value.every((element: Value) => isOfType(element, inner));
    case "map":
      return isObjectValue(value) && Object.values(value).every((element) => isOfType(element, inner));
    case "object":
      return isObjectValue(value) && Object.keys(inner).every((name) => isOfType(value[name] ?? null, inner[name]!));
  }
}
