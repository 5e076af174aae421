import { fileURLToPath } from "node:url";

/** The `ingot` command of this checkout, two folders above the compiled code and the source alike. */
export const ingotProgram = fileURLToPath(new URL("../../bin/ingot.js", import.meta.url));

/** The examples that the demo builds and runs. */
export const examplesDirectory = fileURLToPath(new URL("../../../../examples", import.meta.url));
