import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import { insertComment, insertRunEvent } from "./run-history-store.ts";
import type { Author, RunComment, RunEvent } from "./run-history.ts";

/** Characters. */
export const commentLengthMax = 10_000;

/** Writes the comment, and that it was made, with the caller's transaction. Errors: invalid/comment. */
export async function addComment(
  tx: Tx,
  comment: { readonly runId: string; readonly body: string; readonly author: Author },
  now: Millis,
): Promise<RunComment> {
  const body = comment.body.trim();
  if (body === "" || body.length > commentLengthMax) {
    throw new DomainError("invalid", "comment", `Body can't be blank, and has at most ${commentLengthMax} characters.`);
  }
  const made: RunComment = { ...comment, body, id: `wsc-${newUlid()}`, at: now };
  await insertComment(tx, made);
  await addRunEvent(tx, { runId: made.runId, action: "commented", actor: made.author, commentId: made.id }, now);
  return made;
}

/** Writes down that something happened to a run, with the caller's transaction. */
export async function addRunEvent(
  tx: Tx,
  event: Pick<RunEvent, "runId" | "action" | "actor"> & Partial<Pick<RunEvent, "description" | "commentId">>,
  now: Millis,
): Promise<void> {
  await insertRunEvent(tx, { description: null, commentId: null, ...event, id: `re-${newUlid()}`, at: now });
}
