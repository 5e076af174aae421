export { extractResources, type ExtractResourcesDeps } from "./extract-resources.ts";
export { listWorkspaceResources, type WorkspaceResource } from "./workspace-resource-store.ts";
