export { archiveConfiguration } from "./archive-configuration.ts";
export { cancelRun, forceCancelRun } from "./cancel-run.ts";
export { confirmRun } from "./confirm-run.ts";
export { createRun, createRunWithin, type NewRun, type NewRunDeps, type RunDeps } from "./create-run.ts";
export { deleteWorkspace, removeWorkspace } from "./delete-workspace.ts";
export { discardRun, forceExecuteRun } from "./discard-run.ts";
export { appendChunk } from "./log-store.ts";
export {
  appendText,
  discardSavedPlans,
  endPhase,
  endRun,
  finishApply,
  finishPlan,
  jobKindOf,
  moveRun,
  phaseJobKinds,
  stageBegunJob,
  type StageBegun,
} from "./move-run.ts";
export {
  findPhaseByJob,
  listPhases,
  listQueuedPhases,
  listUnkilledPhases,
  listWaitingPhases,
  type WaitingPhase,
  lockPhase,
  savePhase,
  type QueuedPhase,
} from "./phase-store.ts";
export { getPhase, getRun } from "./run-access.ts";
export { addRunEvent, commentLengthMax } from "./add-run-history.ts";
export { commentOnRun, getComment, getRunEvent } from "./comment-on-run.ts";
export { type Author, type RunComment, type RunEvent } from "./run-history.ts";
export { listComments, listHistoryIds, listRunEvents } from "./run-history-store.ts";
export { readRunFigures, type RunFigures } from "./run-figures-store.ts";
export { followFramedLog, type FollowDeps } from "./follow-log.ts";
export { compactLog, readFramedLog, readLogText, type LogText } from "./run-log.ts";
export {
  activeStatuses,
  awaitingApply,
  confirmableStatuses,
  discardableStatuses,
  finalStatuses,
  forceCancelAvailableAt,
  isCancelable,
  isConfirmable,
  isDiscardable,
  isForceCancelable,
  mayStillBeStopped,
  runStatuses,
  unconfirmedStatuses,
  waitsForPerson,
  workingStatuses,
  type PhaseStatus,
  type RunStatus,
} from "./run-status.ts";
export {
  countRuns,
  isRunOperation,
  listNewestRuns,
  listQueue,
  listRuns,
  listRunsWithoutTotal,
  queuePosition,
  runOperations,
  type RunFilter,
  type RunOperation,
} from "./run-list-store.ts";
export {
  findRun,
  findTriggeredRun,
  isConfigurationInUse,
  listRunsAwaitingApply,
  listRunsById,
  listRunsInStatus,
  lockRun,
  readRunVariables,
  saveRun,
} from "./run-store.ts";
export { leaseLost, type Phase, type PhaseKind, type Run, type RunCause } from "./run.ts";
export { lockRunAtStage, settleStage, type StageHold } from "./settle-stage.ts";
export { findStage, insertStage, listStages } from "./task-stage-store.ts";
export {
  isStageOver,
  stageKinds,
  type StageKind,
  type StageOutcome,
  type StageStatus,
  type TaskStage,
} from "./task-stage.ts";
export { unlockWorkspace } from "./unlock-workspace.ts";
export { uploadConfiguration } from "./upload-configuration.ts";
