import { Migrator } from "kysely";
import type { Db } from "./database.ts";
import { migrations } from "./migrations/index.ts";

/** Brings the schema to the newest migration; several replicas may start at once. Throws the first error. */
export async function migrateToLatest(db: Db): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}
