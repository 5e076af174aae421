import { sql, type Kysely } from "kysely";
import { isPostgres } from "./database.ts";

/** Column types that mean the same on both databases. Booleans are `flag` (0 or 1), times are `millis`, JSON is `text`. */
export function columnTypes(db: Kysely<never>) {
  const postgres = isPostgres(db);
  return {
    // Byte order on both sides: SQLite has no other, and paging must not depend on the operator's locale.
    text: postgres ? sql`text collate "C"` : sql`text`,
    millis: sql`bigint`,
    int: sql`bigint`,
    flag: sql`integer`,
    bytes: postgres ? sql`bytea` : sql`blob`,
  };
}
