export { createWorkspace, type NewWorkspace, type WorkspaceDeps } from "./create-workspace.ts";
export { lockWorkspace } from "./lock-workspace.ts";
export { findProjectForActor } from "./project-of-actor.ts";
export { addTags, deleteTags } from "./tag-workspace.ts";
export { updateWorkspace, type WorkspaceChange } from "./update-workspace.ts";
export {
  deleteWorkspaceRow,
  demandsNoneBut,
  findWorkspace,
  findWorkspaces,
  findWorkspaceByName,
  listTags,
  listWorkspaceNames,
  listWorkspaces,
  lockWorkspaceRow,
  setCurrentRun,
  setCurrentStateVersion,
  setWorkspaceLock,
  takeRunNumber,
  type WorkspaceFilter,
} from "./workspace-store.ts";
export {
  describeLock,
  followSettings,
  visibleWorkspace,
  workspaceNotFound,
  type ExecutionMode,
  type FollowSetting,
  type Tag,
  type Workspace,
  type WorkspaceLock,
} from "./workspace.ts";
