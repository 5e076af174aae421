/** The parts of the page of a workspace, as they stand in its address. */
export const workspaceTabs = ["overview", "images", "runs", "health", "settings"] as const;
export type WorkspaceTab = (typeof workspaceTabs)[number];
