import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { RunComments, RunEvents } from "../../db/schema.gen.ts";
import type { RunComment, RunEvent } from "./run-history.ts";

function toComment(row: Selectable<RunComments>): RunComment {
  return {
    id: row.id,
    runId: row.run_id,
    body: row.body,
    author: { id: row.created_by_id, name: row.created_by_name },
    at: row.created_at,
  };
}

function toRunEvent(row: Selectable<RunEvents>): RunEvent {
  return {
    id: row.id,
    runId: row.run_id,
    action: row.action,
    description: row.description,
    actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? "" },
    commentId: row.comment_id,
    at: row.created_at,
  };
}

export async function insertComment(tx: Tx, comment: RunComment): Promise<void> {
  await tx
    .insertInto("run_comments")
    .values({
      id: comment.id,
      run_id: comment.runId,
      body: comment.body,
      created_by_id: comment.author.id,
      created_by_name: comment.author.name,
      created_at: comment.at,
    })
    .execute();
}

export async function insertRunEvent(tx: Tx, event: RunEvent): Promise<void> {
  await tx
    .insertInto("run_events")
    .values({
      id: event.id,
      run_id: event.runId,
      action: event.action,
      description: event.description,
      actor_id: event.actor?.id ?? null,
      actor_name: event.actor?.name ?? null,
      comment_id: event.commentId,
      created_at: event.at,
    })
    .execute();
}

export async function findComment(db: Db, id: string): Promise<RunComment | undefined> {
  const row = await db.selectFrom("run_comments").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toComment(row);
}

/** The comments of several runs, oldest first. */
export async function listComments(db: Db, runIds: readonly string[]): Promise<RunComment[]> {
  if (runIds.length === 0) return [];
  const rows = await db.selectFrom("run_comments").selectAll().where("run_id", "in", runIds).orderBy("id").execute();
  return rows.map(toComment);
}

export async function findRunEvent(db: Db, id: string): Promise<RunEvent | undefined> {
  const row = await db.selectFrom("run_events").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toRunEvent(row);
}

/** What happened to several runs, oldest first. A run passes some twenty statuses at most; its comments are people's. */
export async function listRunEvents(db: Db, runIds: readonly string[]): Promise<RunEvent[]> {
  if (runIds.length === 0) return [];
  const rows = await db.selectFrom("run_events").selectAll().where("run_id", "in", runIds).orderBy("id").execute();
  return rows.map(toRunEvent);
}

/** The comments and events of several runs, by run: only their ids, for relationships. */
export async function listHistoryIds(
  db: Db,
  runIds: readonly string[],
): Promise<{ readonly comments: ReadonlyMap<string, string[]>; readonly events: ReadonlyMap<string, string[]> }> {
  if (runIds.length === 0) return { comments: new Map(), events: new Map() };
  const read = async (table: "run_comments" | "run_events"): Promise<Map<string, string[]>> => {
    const rows = await db
      .selectFrom(table)
      .select(["id", "run_id"])
      .where("run_id", "in", runIds)
      .orderBy("id")
      .execute();
    const ids = new Map<string, string[]>(runIds.map((runId) => [runId, []]));
    for (const row of rows) ids.get(row.run_id)?.push(row.id);
    return ids;
  };
  return { comments: await read("run_comments"), events: await read("run_events") };
}
