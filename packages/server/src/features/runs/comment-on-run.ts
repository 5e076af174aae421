import type { Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import { addComment } from "./add-run-history.ts";
import type { RunDeps } from "./create-run.ts";
import { getRun } from "./run-access.ts";
import { findComment, findRunEvent } from "./run-history-store.ts";
import type { RunComment, RunEvent } from "./run-history.ts";
import { runNotFound } from "./run.ts";

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
