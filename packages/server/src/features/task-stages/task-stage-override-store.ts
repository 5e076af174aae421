import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";

/** Who let a run go on though policies failed, and why. */
export interface StageOverride {
  readonly stageId: string;
  readonly byName: string;
  readonly comment: string | null;
  readonly at: Millis;
}

export async function insertOverride(tx: Tx, override: StageOverride): Promise<void> {
  const { stageId, byName, comment, at } = override;
  await tx
    .insertInto("task_stage_overrides")
    .values({ task_stage_id: stageId, by_name: byName, comment, created_at: at })
    .execute();
}

export async function listOverrides(db: Db, stageIds: readonly string[]): Promise<StageOverride[]> {
  if (stageIds.length === 0) return [];
  const rows = await db.selectFrom("task_stage_overrides").selectAll().where("task_stage_id", "in", stageIds).execute();
  return rows.map((row) => ({
    stageId: row.task_stage_id,
    byName: row.by_name,
    comment: row.comment,
    at: row.created_at,
  }));
}
