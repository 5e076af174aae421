import type { Package } from "./package.ts";

/** The packages of a document, or in one phrase why they are not known. */
export type ReadResult = { readonly packages: readonly Package[] } | { readonly unreadableBecause: string };

/** Where a value breaks its schema: `components must be array`. */
export function mismatch(
  schema: { Errors(value: unknown): { readonly instancePath: string; readonly message: string }[] },
  value: unknown,
): string {
  const [first] = schema.Errors(value);
  if (first === undefined) return "it is not as its format has it";
  const place = first.instancePath.slice(1).replaceAll("/", ".");
  return `${place === "" ? "the whole" : place} ${first.message}`;
}
