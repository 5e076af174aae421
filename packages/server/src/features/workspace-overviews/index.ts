export { getWorkspaceOverview } from "./get-workspace-overview.ts";
export { listWorkspaceOverviews, type OverviewFilter } from "./workspace-overview-store.ts";
export type { WorkspaceOverview } from "./workspace-overview.ts";
