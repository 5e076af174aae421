import { sql, type RawBuilder } from "kysely";

/** Whether a column, or what is computed, holds the text, whatever the case. `_` and `%` are characters of a name, not wildcards. */
export function containsText(column: string | RawBuilder<unknown>, text: string) {
  return sql<boolean>`lower(${typeof column === "string" ? sql.ref(column) : column}) like ${`%${escaped(text)}%`} escape '!'`;
}

/** Whether it begins with the text. */
export function beginsWithText(column: string, text: string) {
  return sql<boolean>`lower(${sql.ref(column)}) like ${`${escaped(text)}%`} escape '!'`;
}

/** Whether it is the text, whatever the case, where `*` stands for any text. */
export function matchesWildcard(column: string, text: string) {
  return sql<boolean>`lower(${sql.ref(column)}) like ${escaped(text).replaceAll("*", "%")} escape '!'`;
}

function escaped(text: string): string {
  return text.toLowerCase().replaceAll(/[!%_]/g, "!$&");
}
