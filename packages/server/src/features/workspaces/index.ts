export { createWorkspace, type NewWorkspace, type WorkspaceDeps } from "./create-workspace.ts";
export { lockWorkspace } from "./lock-workspace.ts";
export { findProjectForActor } from "./project-of-actor.ts";
export { addPlainTags, bindTags, deleteTags } from "./tag-workspace.ts";
export { listEffectiveTags, listTags } from "./tag-store.ts";
export {
  listWorkspaces,
  workspaceOrders,
  type WorkspaceFilter,
  type WorkspaceSorting,
} from "./list-workspaces-store.ts";
export type { ExecutionMode } from "../projects/index.ts";
export { assignSshKey } from "./assign-ssh-key.ts";
export { deleteOrganizationTags, listOrganizationTags, type OrganizationTag } from "./organization-tag-store.ts";
export { tagWorkspaces } from "./organization-tags.ts";
export { changeConsumers, listConsumers, stateReadable } from "./remote-state.ts";
export { updateWorkspace, type WorkspaceChange } from "./update-workspace.ts";
export {
  deleteWorkspaceRow,
  demandsNoneBut,
  findWorkspace,
  findWorkspaces,
  findWorkspaceByName,
  findWorkspacesInOrganization,
  listDueForDestroy,
  listWorkspaceNames,
  lockWorkspaceRow,
  setAutoDestroyAt,
  setCurrentRun,
  setCurrentStateVersion,
  setWorkspaceLock,
  takeRunNumber,
} from "./workspace-store.ts";
export {
  describeLock,
  checkTag,
  checkTagCount,
  followSettings,
  runDirectory,
  visibleWorkspace,
  workspaceNotFound,
  type EffectiveTag,
  type FollowSetting,
  type Tag,
  type Workspace,
  type WorkspaceLock,
} from "./workspace.ts";
