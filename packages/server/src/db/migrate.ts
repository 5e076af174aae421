import { Migrator, sql } from "kysely";
import { isPostgres, type Db } from "./database.ts";
import { migrations } from "./migrations/index.ts";

/** Brings the schema to the newest migration; several replicas may start at once. Throws the first error. */
export async function migrateToLatest(db: Db): Promise<void> {
  const schema = isPostgres(db) ? await currentSchema(db) : undefined;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // Without it the migrator takes its tables in any other schema of the database for its own.
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}

async function currentSchema(db: Db): Promise<string | undefined> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db);
  return rows[0]?.name ?? undefined;
}
