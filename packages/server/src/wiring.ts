import { wireAlerts } from "./wiring/alerts.ts";
import { wireAssessments } from "./wiring/assessments.ts";
import type { Foundation, Parts } from "./wiring/foundation.ts";
import { wireEvents } from "./wiring/events.ts";
import { wireLoop } from "./wiring/loop.ts";
import { wireRegistry } from "./wiring/registry.ts";
import { wireRuns } from "./wiring/runs.ts";

export type { Foundation, Parts };

/** Builds every feature and plane. */
export function wire(foundation: Foundation): Parts {
  const alerts = wireAlerts(foundation);
  const assessments = wireAssessments(foundation, { wakeRunners: () => runs.wakeRunners() });
  const loop = wireLoop(foundation, {
    wakeRunners: () => runs.wakeRunners(),
    assessments: assessments.deps,
    noteImageUses: alerts.noteImageUses,
  });
  const runs = wireRuns(foundation, { checkImages: loop.checkImages, assessments });
  const registry = wireRegistry(foundation, { noteChannelRead: loop.noteChannelRead });
  const events = wireEvents(foundation, [loop.react, alerts.react]);
  const parts = [registry, runs, assessments, loop, alerts, events];
  return {
    planes: parts.flatMap((part) => part.planes),
    jobHandlers: Object.assign({}, ...parts.map((part) => part.jobHandlers)) as Parts["jobHandlers"],
    waitingJobHandlers: alerts.waitingJobHandlers,
    sweeps: parts.flatMap((part) => part.sweeps),
  };
}
