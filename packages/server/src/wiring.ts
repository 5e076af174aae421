import type { Foundation, Parts } from "./wiring/foundation.ts";
import { wireRegistry } from "./wiring/registry.ts";
import { wireRuns } from "./wiring/runs.ts";

export type { Foundation, Parts };

/** Builds every feature and plane. */
export function wire(foundation: Foundation): Parts {
  const parts = [wireRegistry(foundation), wireRuns(foundation)];
  return {
    planes: parts.flatMap((part) => part.planes),
    jobHandlers: Object.assign({}, ...parts.map((part) => part.jobHandlers)) as Parts["jobHandlers"],
    sweeps: parts.flatMap((part) => part.sweeps),
  };
}
