import type { TSchema } from "typebox";
import { Value } from "typebox/value";

/** Says in one phrase where a value breaks its schema: `builds.0.artifacts must not have fewer than 1 items`. */
export function describeMismatch(schema: TSchema, value: unknown): string {
  const errors = Value.Errors(schema, value);
  // A member too many is reported twice; this report has its name.
  const surplus = errors.find((error) => error.keyword === "additionalProperties");
  const first = surplus ?? errors[0];
  if (first === undefined) return "is not valid";
  const place = first.instancePath.slice(1).replaceAll("/", ".");
  if (first.keyword === "additionalProperties") {
    const names = first.params.additionalProperties.join(", ");
    return `${place === "" ? "" : `${place}: `}${names} is not known here`;
  }
  return `${place === "" ? "the whole" : place} ${first.message}`;
}

/** The value of a JSON text; undefined when it is none. */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
