import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";

/** Adding one twice is adding it once. */
export async function addConsumers(tx: Tx, workspaceId: string, consumerIds: readonly string[]): Promise<void> {
  await inChunks(consumerIds, async (ids) => {
    await tx
      .insertInto("remote_state_consumers")
      .values(ids.map((id) => ({ workspace_id: workspaceId, consumer_id: id })))
      .onConflict((c) => c.doNothing())
      .execute();
    return [];
  });
}

/** Null: all of them. */
export async function removeConsumers(
  tx: Tx,
  workspaceId: string,
  consumerIds: readonly string[] | null,
): Promise<void> {
  if (consumerIds?.length === 0) return;
  let query = tx.deleteFrom("remote_state_consumers").where("workspace_id", "=", workspaceId);
  if (consumerIds !== null) query = query.where("consumer_id", "in", consumerIds);
  await query.execute();
}

export async function isConsumer(db: Db, workspaceId: string, consumerId: string): Promise<boolean> {
  const row = await db
    .selectFrom("remote_state_consumers")
    .select("consumer_id")
    .where("workspace_id", "=", workspaceId)
    .where("consumer_id", "=", consumerId)
    .executeTakeFirst();
  return row !== undefined;
}
