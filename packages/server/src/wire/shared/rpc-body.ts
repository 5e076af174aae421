import { Type, type TSchema } from "typebox";
import { DomainError } from "../../platform/errors.ts";

/** A member that may be absent; `null` says the same. Source: hcp-sdk-go models, whose arrays lack `omitempty`. */
export function given<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

export const labelsSchema = Type.Record(Type.String(), Type.String());

/** The text when something was given: an absent member, `null` and the empty text all mean that nothing was. */
export function textGiven(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value === "" ? undefined : value;
}

/** As {@link textGiven}, of a query parameter. Errors: invalid/query for one that is given twice. */
export function queryText(query: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === "string") return textGiven(value);
  throw new DomainError("invalid", "query", `${name} can be given once.`);
}

/**
 * The fields that a mask names, in snake_case. Accepts lower camel case as the specification shows it, snake_case, and a
 * leading path such as `config.`. Errors: invalid/update_mask for a field that the operation does not have.
 */
export function parseUpdateMask(mask: string, fields: readonly string[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const path of mask.split(",")) {
    const last = path.trim().split(".").at(-1) ?? "";
    const field = last.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (field === "") continue;
    if (!fields.includes(field)) {
      throw new DomainError(
        "invalid",
        "update_mask",
        `The update_mask names ${JSON.stringify(path.trim())}; it can name ${fields.join(", ")}.`,
      );
    }
    named.add(field);
  }
  return named;
}
