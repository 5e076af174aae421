/** What stands below the header of a run: the readable changes, or the log of a phase. */
export type RunView = "changes" | "plan" | "apply";
