import { createRateLimit } from "./platform/rate-limit.ts";
import { wireAlerts } from "./wiring/alerts.ts";
import { wireAudit, type AuditParts } from "./wiring/audit.ts";
import { wireAssessments } from "./wiring/assessments.ts";
import type { Foundation, Parts } from "./wiring/foundation.ts";
import { wireEvents } from "./wiring/events.ts";
import { wireIdentity } from "./wiring/identity.ts";
import { wireLoop } from "./wiring/loop.ts";
import { wireRegistry } from "./wiring/registry.ts";
import { wireStages } from "./wiring/stages.ts";
import { wireRuns } from "./wiring/runs.ts";
import { wireVulnerabilities } from "./wiring/vulnerabilities.ts";

export type { Foundation, Parts };

export interface Wired extends Parts {
  readonly audit: Pick<AuditParts, "hook" | "start" | "close">;
}

/** Builds every feature and plane. */
export function wire(foundation: Foundation): Wired {
  const audit = wireAudit(foundation);
  const alerts = wireAlerts(foundation);
  const identity = wireIdentity(foundation);
  const { issuer } = identity;
  const tokenLimits = {
    ofClient: createRateLimit(foundation.config["tokens-per-minute-max"]),
    ofAddress: createRateLimit(foundation.config["token-refusals-per-minute-max"]),
  };
  const assessments = wireAssessments(foundation, { wakeRunners: () => runs.wakeRunners(), issuer });
  const vulnerabilities = wireVulnerabilities(foundation);
  const stages = wireStages(foundation, { wakeRunners: () => runs.wakeRunners() });
  const loop = wireLoop(foundation, {
    prepareStages: stages.prepareStages,
    advisoryImports: vulnerabilities.deps,
    wakeRunners: () => runs.wakeRunners(),
    assessments: assessments.deps,
    noteImageUses: alerts.noteImageUses,
    signInRefusals: tokenLimits.ofAddress,
  });
  const runs = wireRuns(foundation, { checkImages: loop.checkImages, assessments, stages, issuer });
  const registry = wireRegistry(foundation, { issuer, tokenLimits }, { noteChannelRead: loop.noteChannelRead });
  const events = wireEvents(foundation, [loop.react, runs.react, alerts.react, audit.react]);
  const parts = [registry, runs, stages, assessments, loop, alerts, events, identity, audit];
  return {
    planes: parts.flatMap((part) => part.planes),
    jobHandlers: Object.assign({}, ...parts.map((part) => part.jobHandlers)) as Parts["jobHandlers"],
    waitingJobHandlers: {
      ...alerts.waitingJobHandlers,
      ...audit.waitingJobHandlers,
      ...registry.waitingJobHandlers,
      ...stages.waitingJobHandlers,
    },
    longJobHandlers: vulnerabilities.longJobHandlers,
    sweeps: parts.flatMap((part) => part.sweeps),
    audit,
  };
}
