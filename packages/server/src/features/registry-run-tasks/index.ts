export { answerRunTaskCall, type AnswerCallDeps } from "./answer-call.ts";
export { getRunTask, regenerateHmacKey, setUntrackedBehaviour, type RunTaskDeps } from "./edit-run-task.ts";
export { answerRunTaskJob, receiveRunTaskCall, type AnswerRunTask, type ReceiveCallDeps } from "./receive-call.ts";
export type { RunTask, UntrackedBehaviour } from "./run-task.ts";
export { deleteCallsBefore, findRunTask } from "./run-task-store.ts";
