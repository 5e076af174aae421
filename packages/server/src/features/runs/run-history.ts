import type { Actor } from "../access/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { RunDeps } from "./create-run.ts";
import { getRun } from "./run-access.ts";
import { findComment, findRunEvent, insertComment, insertRunEvent } from "./run-history-store.ts";
import { runNotFound } from "./run.ts";

/** Who did or said something, by the name that they had then. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** What a person said about a run. */
export interface RunComment {
  /** `wsc-…`, growing with time. */
  readonly id: string;
  readonly runId: string;
  readonly body: string;
  readonly author: Author;
  readonly at: Millis;
}

/** What happened to a run: `created`, `commented`, or the status that it entered. */
export interface RunEvent {
  /** `re-…`, growing with time. */
  readonly id: string;
  readonly runId: string;
  readonly action: string;
  /** One sentence for people. */
  readonly description: string | null;
  /** Null: nobody asked, a rule did. */
  readonly actor: Author | null;
  readonly commentId: string | null;
  readonly at: Millis;
}

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

/** Errors: not_found/run_not_found, invalid/comment. */
export async function commentOnRun(deps: RunDeps, actor: Actor, runId: string, body: string): Promise<RunComment> {
  return deps.db.transaction().execute(async (tx) => {
    const run = await getRun(tx, actor, runId);
    return addComment(tx, { runId: run.id, body, author: { id: actor.id, name: actor.name } }, deps.now());
  });
}

/** Errors: not_found/run_not_found. */
export async function getComment(db: Db, actor: Actor, id: string): Promise<RunComment> {
  const comment = await findComment(db, id);
  if (comment === undefined) throw runNotFound();
  await getRun(db, actor, comment.runId);
  return comment;
}

/** Errors: not_found/run_not_found. */
export async function getRunEvent(db: Db, actor: Actor, id: string): Promise<RunEvent> {
  const event = await findRunEvent(db, id);
  if (event === undefined) throw runNotFound();
  await getRun(db, actor, event.runId);
  return event;
}
