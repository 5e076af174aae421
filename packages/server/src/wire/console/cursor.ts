import { DomainError } from "../../platform/errors.ts";
import type { Key, KeysetPage } from "../../platform/keyset.ts";

/** A page of a list as the database reads it. Errors: invalid/bad_cursor. */
export function pageOf(limit: number, after: string | undefined): KeysetPage {
  return after === undefined ? { limit } : { limit, cursor: { side: "after", key: decodeCursor(after) } };
}

/** `next` as clients see it. */
export function encodeCursor(key: Key | null): string | null {
  return key === null ? null : Buffer.from(JSON.stringify(key)).toString("base64url");
}

function decodeCursor(text: string): Key {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === 2) {
      const [sort, id] = value as unknown[];
      if ((typeof sort === "string" || Number.isSafeInteger(sort)) && typeof id === "string") {
        return [sort as string | number, id];
      }
    }
  } catch {
    // Falls through: any text that is not a cursor gets the same answer.
  }
  throw new DomainError("invalid", "bad_cursor", "`after` is not the `next` of an earlier page.");
}
