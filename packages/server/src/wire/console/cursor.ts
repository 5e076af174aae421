import { DomainError } from "../../platform/errors.ts";
import type { Key, KeysetPage } from "../../platform/keyset.ts";

/** A page of a list that is sorted by so many columns, as the database reads it. Errors: invalid/bad_cursor. */
export function pageOf(limit: number, after: string | undefined, columns = 1): KeysetPage {
  return after === undefined ? { limit } : { limit, cursor: { side: "after", key: decodeCursor(after, columns) } };
}

/** `next` as clients see it. */
export function encodeCursor(key: Key | null): string | null {
  return key === null ? null : Buffer.from(JSON.stringify(key)).toString("base64url");
}

function decodeCursor(text: string, columns: number): Key {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === columns + 1) {
      const sorted: readonly unknown[] = value.slice(0, -1);
      const id: unknown = value.at(-1);
      if (sorted.every((one) => isText(one) || Number.isSafeInteger(one)) && isText(id)) return value as unknown as Key;
    }
  } catch {
    // Falls through: any text that is not a cursor gets the same answer.
  }
  throw new DomainError("invalid", "bad_cursor", "`after` is not the `next` of an earlier page.");
}

function isText(value: unknown): boolean {
  return typeof value === "string" && !value.includes("\u0000");
}
