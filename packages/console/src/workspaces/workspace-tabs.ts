/** The parts of the page of a workspace, as they stand in its address. */
export const workspaceTabs = ["overview", "images", "runs", "variables", "states", "health", "settings"] as const;
export type WorkspaceTab = (typeof workspaceTabs)[number];

/** The sections of its settings. */
export const settingsSections = ["general", "runs", "state", "images", "notifications", "access"] as const;
export type SettingsSection = (typeof settingsSections)[number];
