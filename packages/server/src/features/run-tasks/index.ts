export {
  createRunTask,
  deleteRunTask,
  getRunTask,
  listRunTasks,
  updateRunTask,
  type RunTaskChange,
  type RunTaskDeps,
} from "./edit-run-tasks.ts";
export {
  attachTask,
  detachTask,
  getWorkspaceTask,
  listTasksOfWorkspace,
  updateWorkspaceTask,
  type WorkspaceTaskChange,
} from "./edit-workspace-tasks.ts";
export { postToTask } from "./post-to-task.ts";
export { findRunTask, findRunTasks, listGlobalRunTasks } from "./run-task-store.ts";
export { taskEnforcementLevels, type RunTask, type TaskEnforcementLevel, type WorkspaceTask } from "./run-task.ts";
export { listUsesOf, listWorkspaceTasks, pageWorkspaceTasks } from "./workspace-task-store.ts";
