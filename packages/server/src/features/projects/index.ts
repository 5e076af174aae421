export { checkAgentPool } from "./agent-pool-check.ts";
export { parseActivityDuration } from "./activity-duration.ts";
export { deleteProject, describeProject, getProject, renameProject } from "./change-project.ts";
export { createProject, nameTaken, type CreateProjectDeps } from "./create-project.ts";
export { changeMode, parseExecutionMode, type ModeChange, type ModeChoice } from "./execution-mode.ts";
export { executionModes, projectNotFound, projectsMax, type ExecutionMode, type Project } from "./project.ts";
export {
  addProjectTags,
  changeProjectSettings,
  createProjectWithSettings,
  type ProjectChange,
  type ProjectSettingsDeps,
} from "./project-settings.ts";
export { inProject } from "./in-project.ts";
export {
  countProjects,
  findProject,
  findProjectByExternalId,
  findProjectsInOrganization,
  inheritOrganizationMode,
  insertProject,
  listProjects,
  lockProject,
  numberedProjects,
  pageProjects,
  type ProjectOrder,
} from "./project-store.ts";
export { listProjectTags, type ProjectTag } from "./project-tag-store.ts";
