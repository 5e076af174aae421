export { answerTask, checkCallback } from "./answer-task.ts";
export { beginStage, type BeginStageDeps } from "./begin-stage.ts";
export { callTask, callTaskJob, endIfDue, taskDueJob, type CallTaskDeps, type OfTaskResult } from "./call-task.ts";
export type { EvaluationVerdict } from "./judge-stage.ts";
export { getStage, overrideStage, type OverrideStageDeps } from "./override-stage.ts";
export { prepareStages, type PrepareStagesDeps } from "./prepare-stages.ts";
export { judgeAndSettle, type StageDeps } from "./settle-result.ts";
export { AnswerBody, readAnswer, type TaskAnswer } from "./task-answer.ts";
export { countOutcomesOf, findOutcome, pageOutcomes } from "./task-result-outcome-store.ts";
export { findResult, listResults } from "./task-result-store.ts";
export {
  isResultOver,
  shownStatus,
  taskResultNotFound,
  type OutcomeTag,
  type TaskResult,
  type TaskResultOutcome,
} from "./task-result.ts";
export { listOverrides, type StageOverride } from "./task-stage-override-store.ts";
export { readTaskToken } from "./task-token.ts";
