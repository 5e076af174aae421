export { findProject, findProjectByExternalId, insertProject, listProjects, type Project } from "./project-store.ts";
