/** What stands below the header of a run: the readable changes, what others say of it, the log of a phase, or its history. */
export const runViews = ["changes", "checks", "plan", "apply", "history"] as const;
export type RunView = (typeof runViews)[number];
