export { appendLog } from "./append-log.ts";
export { createClaimBell, waitForPhase, type ClaimBell } from "./claim-bell.ts";
export { completePhase } from "./complete-phase.ts";
export { verifyJobLink, type JobThing } from "./job-link.ts";
export {
  readPhaseConfiguration,
  readPhaseState,
  readPlanFile,
  readPlanJson,
  storePhaseState,
  storePlanFile,
  storePlanJson,
} from "./phase-files.ts";
export { recheckWaitingRuns } from "./recheck-waiting-runs.ts";
export { renewPhaseLease } from "./renew-phase-lease.ts";
export type { CheckImages, RunnerDeps } from "./runner-deps.ts";
export { sweepLostPhases } from "./sweep-lost-phases.ts";
