import { fileURLToPath } from "node:url";

export { findEngines, type Engine, type FindEnginesOptions } from "./engines/find-engines.ts";
export { systemBundles } from "./work/ca-bundle.ts";

/** The built program of the runner, to be started with `node`; also when this module is read from its sources. */
export const runnerEntry: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));
