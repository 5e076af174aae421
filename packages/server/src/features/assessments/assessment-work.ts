import type { LeaseReply } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import { leaseLost } from "../runs/index.ts";
import { leaseSeconds, wrongPhase, type RunnerWork } from "../runners/index.ts";
import { renewLease, type JobHold } from "../../jobs/index.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { appendAssessmentLog, readConfiguration, readCurrentState, storePlanJson } from "./assessment-files.ts";
import { findAssessmentByJob } from "./assessment-store.ts";
import { claimAssessment } from "./claim-assessment.ts";
import { completeAssessment } from "./complete-assessment.ts";
import { findHeldAssessment } from "./held-assessment.ts";

/** Assessments, as work for runners. They read; nothing can be applied of them. */
export function createAssessmentWork(deps: AssessmentDeps): RunnerWork {
  const refuse = async (): Promise<never> => {
    throw wrongPhase("An assessment neither writes a state nor leaves a plan to apply.");
  };
  return {
    claim: (claimant, request) => claimAssessment(deps, claimant, request),
    owns: async (jobId) => (await findAssessmentByJob(deps.db, jobId)) !== undefined,
    renewLease: (actor, hold) => renewAssessmentLease(deps, actor, hold),
    complete: (actor, jobId, report) => completeAssessment(deps, actor, jobId, report),
    readConfiguration: (hold) => readConfiguration(deps, hold),
    readState: (hold) => readCurrentState(deps, hold),
    storePlanJson: (hold, bytes) => storePlanJson(deps, hold, bytes),
    appendLog: (hold, offset, bytes) => appendAssessmentLog(deps, hold, offset, bytes),
    storeState: refuse,
    receiveLateState: refuse,
    readPlanFile: refuse,
    storePlanFile: refuse,
    storeRenderedPlan: refuse,
  };
}

/** One that was canceled has lost its job: there is nothing to save, so its engine may be killed. */
async function renewAssessmentLease(deps: AssessmentDeps, actor: Actor, hold: JobHold): Promise<LeaseReply> {
  await findHeldAssessment(deps.db, hold, actor);
  if (!(await renewLease(deps.db, hold, deps.now() + leaseSeconds * 1000))) throw leaseLost();
  return { stop: "no" };
}
