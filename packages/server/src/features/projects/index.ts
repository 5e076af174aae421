export { deleteProject, describeProject, getProject, renameProject } from "./change-project.ts";
export { createProject, type CreateProjectDeps } from "./create-project.ts";
export { inProject } from "./in-project.ts";
export { projectNotFound, projectsMax, type Project } from "./project.ts";
export {
  countProjects,
  findProject,
  findProjectByExternalId,
  insertProject,
  listProjects,
  pageProjects,
  type ProjectOrder,
} from "./project-store.ts";
