import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { newSecret, newUlid } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { Actor, Place } from "../access/index.ts";
import { getRegistry } from "../buckets/index.ts";
import type { RunTask, UntrackedBehaviour } from "./run-task.ts";
import { findRunTask, insertRunTask, updateRunTask } from "./run-task-store.ts";

export interface RunTaskDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
}

/** The run task of the project's registry, made now when nobody has asked before. Errors: not_found/project_not_found. */
export async function getRunTask(deps: RunTaskDeps, actor: Actor, place: Place): Promise<RunTask> {
  const { projectId } = await getRegistry(deps, actor, place);
  const existing = await findRunTask(deps.db, deps.sealer, projectId);
  if (existing !== undefined) return existing;
  const made: RunTask = { projectId, apiId: newUlid(), hmacKey: newKey(), onUntrackedImage: "unset" };
  await insertRunTask(deps.db, deps.sealer, made, deps.now());
  return (await findRunTask(deps.db, deps.sealer, projectId)) ?? made;
}

/** Errors: not_found/project_not_found. */
export async function setUntrackedBehaviour(
  deps: RunTaskDeps,
  actor: Actor,
  place: Place,
  onUntrackedImage: UntrackedBehaviour,
): Promise<RunTask> {
  return change(deps, actor, place, { onUntrackedImage });
}

/** The key before it stops working at once. Errors: not_found/project_not_found. */
export async function regenerateHmacKey(deps: RunTaskDeps, actor: Actor, place: Place): Promise<RunTask> {
  return change(deps, actor, place, { hmacKey: newKey() });
}

async function change(
  deps: RunTaskDeps,
  actor: Actor,
  place: Place,
  to: Partial<Pick<RunTask, "hmacKey" | "onUntrackedImage">>,
): Promise<RunTask> {
  const runTask = await getRunTask(deps, actor, place);
  await updateRunTask(deps.db, deps.sealer, runTask.projectId, to, deps.now());
  return { ...runTask, ...to };
}

function newKey(): string {
  return newSecret("ingot_rt");
}
