import { sql } from "kysely";
import { openDatabase } from "./database.ts";
import { migrateToLatest } from "./migrate.ts";

/**
 * The schema after all migrations, read back from an empty SQLite database: as TypeScript for Kysely, and as SQL so that
 * a review sees what a migration does. A test compares both with the committed files.
 */
export async function describeSchema(): Promise<{ types: string; snapshot: string }> {
  const db = openDatabase({ kind: "sqlite", file: ":memory:" });
  try {
    await migrateToLatest(db);
    const objects = await sql<{ name: string; type: string; sql: string | null }>`
      select name, type, sql from sqlite_master
      where name not like 'sqlite_%' and name not like 'kysely_%' order by tbl_name, type desc, name`.execute(db);
    const tables = objects.rows.filter((o) => o.type === "table").map((o) => o.name);
    const interfaces: string[] = [];
    for (const table of tables) {
      const columns = await sql<{ name: string; type: string; notnull: number }>`
        select name, type, "notnull" from pragma_table_info(${table}) order by cid`.execute(db);
      const lines = columns.rows.map((c) => `  ${c.name}: ${typeOf(c.type)}${c.notnull === 1 ? "" : " | null"};`);
      interfaces.push(`export interface ${interfaceName(table)} {\n${lines.join("\n")}\n}`);
    }
    const schema = tables.map((t) => `  ${t}: ${interfaceName(t)};`).join("\n");
    return {
      types: `// Made by \`npm run schema\` from the migrations. Do not edit.\n\n${interfaces.join("\n\n")}\n\nexport interface Schema {\n${schema}\n}\n`,
      snapshot: `-- Made by \`npm run schema\` from the migrations. Do not edit.\n${objects.rows
        .map((o) => `${(o.sql ?? "").replaceAll(", ", ",\n  ")};\n`)
        .join("\n")}`,
    };
  } finally {
    await db.destroy();
  }
}

function typeOf(declared: string): string {
  switch (declared.toLowerCase()) {
    case "text":
      return "string";
    case "bigint":
    case "integer":
      return "number";
    case "blob":
      return "Buffer";
    default:
      throw new Error(`The schema writer knows no column type ${declared}.`);
  }
}

function interfaceName(table: string): string {
  return table.replace(/(^|_)([a-z])/g, (_, _separator, letter: string) => letter.toUpperCase());
}
