import type { Db } from "../../db/database.ts";
import type { Registries } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { FeatureTier, Registry } from "./registry.ts";

function toRegistry(row: Registries): Registry {
  return {
    id: row.id,
    projectId: row.project_id,
    featureTier: row.feature_tier as FeatureTier,
    activated: row.activated === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export async function findRegistry(db: Db, projectId: string): Promise<Registry | undefined> {
  const row = await db.selectFrom("registries").selectAll().where("project_id", "=", projectId).executeTakeFirst();
  return row && toRegistry(row);
}

/** Undefined when the project has one already. */
export async function insertRegistry(
  db: Db,
  registry: { readonly projectId: string; readonly featureTier: FeatureTier },
  now: Millis,
): Promise<Registry | undefined> {
  const row = await db
    .insertInto("registries")
    .values({
      project_id: registry.projectId,
      id: newUlid(),
      feature_tier: registry.featureTier,
      activated: 1,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.column("project_id").doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toRegistry(row);
}

export async function saveRegistry(
  db: Db,
  projectId: string,
  change: { readonly featureTier?: FeatureTier; readonly activated?: boolean },
  now: Millis,
): Promise<void> {
  await db
    .updateTable("registries")
    .set({
      updated_at: now,
      ...(change.featureTier === undefined ? {} : { feature_tier: change.featureTier }),
      ...(change.activated === undefined ? {} : { activated: change.activated ? 1 : 0 }),
    })
    .where("project_id", "=", projectId)
    .execute();
}

/** False when it is active already: of two that ask at once, one is told so. */
export async function activateRegistry(
  db: Db,
  projectId: string,
  featureTier: FeatureTier,
  now: Millis,
): Promise<boolean> {
  const row = await db
    .updateTable("registries")
    .set({ activated: 1, feature_tier: featureTier, updated_at: now })
    .where("project_id", "=", projectId)
    .where("activated", "=", 0)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
