import { findPhaseByJob } from "../runs/index.ts";
import { appendLog } from "./append-log.ts";
import { claimPhase } from "./claim-phase.ts";
import { completePhase } from "./complete-phase.ts";
import {
  readPhaseConfiguration,
  readPhaseState,
  readPlanFile,
  storePhaseState,
  storePlanFile,
  storePlanJson,
  storeRenderedPlan,
} from "./phase-files.ts";
import { receiveLateState } from "./receive-late-state.ts";
import { renewPhaseLease } from "./renew-phase-lease.ts";
import type { RunnerDeps } from "./runner-deps.ts";
import type { RunnerWork } from "./runner-work.ts";

/** The plans and applies of runs, as work for runners. */
export function createPhaseWork(deps: RunnerDeps): RunnerWork {
  return {
    claim: (claimant, request) => claimPhase(deps, claimant, request),
    owns: async (jobId) => (await findPhaseByJob(deps.db, jobId)) !== undefined,
    renewLease: (actor, hold) => renewPhaseLease(deps, actor, hold),
    complete: (actor, jobId, report) => completePhase(deps, actor, jobId, report),
    readConfiguration: (hold) => readPhaseConfiguration(deps, hold),
    readState: (hold) => readPhaseState(deps, hold),
    storeState: (hold, bytes, options) => storePhaseState(deps, hold, bytes, options),
    receiveLateState: (actor, hold, bytes) => receiveLateState(deps, actor, hold, bytes),
    readPlanFile: (hold) => readPlanFile(deps, hold),
    storePlanFile: (hold, bytes) => storePlanFile(deps, hold, bytes),
    storePlanJson: (hold, bytes) => storePlanJson(deps, hold, bytes),
    storeRenderedPlan: (hold, bytes) => storeRenderedPlan(deps, hold, bytes),
    appendLog: (hold, offset, bytes) => appendLog(deps, hold, offset, bytes),
  };
}
