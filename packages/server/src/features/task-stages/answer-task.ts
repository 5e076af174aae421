import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { enqueueDue } from "./call-task.ts";
import { changeResult, type StageDeps } from "./settle-result.ts";
import type { TaskAnswer } from "./task-answer.ts";
import { countOutcomes, putOutcomes } from "./task-result-outcome-store.ts";
import { dueAt, isResultOver, movedResult, taskResultNotFound, type TaskResult } from "./task-result.ts";

// Of all the answers about one result together.
const outcomesMax = 1000;

/**
 * Takes the answer of a service. `running` gives it more time; `passed` and `failed` settle the result, once: whatever
 * comes later changes nothing. Errors: conflict/task_result_final, for a result that is settled, has had its time, or whose
 * run has left the stage; invalid/task_answer.
 */
export async function answerTask(deps: StageDeps, result: TaskResult, answer: TaskAnswer): Promise<TaskResult> {
  const changed = await changeResult(deps, result, async (tx, current) => {
    const now = deps.now();
    if (isResultOver(current.status) || (current.startedAt !== null && dueAt(current) <= now)) return undefined;
    if (answer.outcomes.length > 0) {
      const outcomes = answer.outcomes.map((outcome) => ({
        ...outcome,
        id: newExternalId("outcome"),
        resultId: current.id,
        createdAt: now,
      }));
      await putOutcomes(tx, current.id, outcomes);
      if ((await countOutcomes(tx, current.id)) > outcomesMax) {
        throw new DomainError("invalid", "task_answer", `Outcomes are too many: at most ${outcomesMax} in all.`);
      }
    }
    const moved =
      answer.status === current.status ? { ...current, updatedAt: now } : movedResult(current, answer.status, now);
    const next: TaskResult = {
      ...moved,
      startedAt: current.startedAt ?? now,
      progressAt: now,
      ...(answer.message === undefined ? {} : { message: answer.message }),
      ...(answer.url === undefined ? {} : { url: answer.url === "" ? null : answer.url }),
    };
    // It may answer before its call was recorded, and the record may never be made.
    if (answer.status === "running" && current.startedAt === null) await enqueueDue(tx, next, now);
    return next;
  });
  if (changed !== undefined) return changed;
  throw new DomainError(
    "conflict",
    "task_result_final",
    "This task result is final: it was answered before, had its time, or its run went on without it.",
  );
}

/** The result that a callback is about, as its path and its token say. Errors: not_found/task_result_not_found. */
export function checkCallback(result: TaskResult, callbackId: string): TaskResult {
  if (result.callbackId !== callbackId) throw taskResultNotFound();
  return result;
}
