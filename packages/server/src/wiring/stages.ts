import type { RunDeps } from "../features/runs/index.ts";

/** What has a say in a run that is being made: nothing yet. */
export const prepareStages: RunDeps["prepareStages"] = async () => {};
