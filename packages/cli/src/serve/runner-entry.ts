import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The compiled program of the runner. */
export const runnerEntry = join(dirname(fileURLToPath(import.meta.resolve("@ingot/runner"))), "main.js");
