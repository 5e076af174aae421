import {
  compactAssessmentLog,
  compactAssessmentLogJob,
  createAssessmentWork,
  startDueAssessments,
  sweepLostAssessments,
  type AssessmentDeps,
} from "../features/assessments/index.ts";
import type { TokenIssuer } from "../features/run-identity/index.ts";
import type { RunnerWork } from "../features/runners/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface AssessmentsParts extends Parts {
  /** What runners do for it, after the phases of runs. */
  readonly work: RunnerWork;
  /** For the planes that show assessments and start them. */
  readonly deps: AssessmentDeps;
}

const minuteMs = 60_000;

/** Drift and continuous validation: on demand, and on a schedule. */
export function wireAssessments(
  foundation: Foundation,
  runners: { readonly wakeRunners: () => void; readonly issuer: TokenIssuer },
): AssessmentsParts {
  const { db, blobs, sealer, signer, now, publicUrl, wakeJobs, config } = foundation;
  const startedAt = now();
  const deps: AssessmentDeps = {
    db,
    blobs,
    sealer,
    signer,
    now,
    publicUrl,
    wakeJobs,
    wakeRunners: runners.wakeRunners,
    issuer: runners.issuer,
    archiveBytesMax: config["archive-bytes-max"],
    intervalMs: config["assessment-interval-minutes"] * minuteMs,
    parallelMax: config["assessments-max"],
  };
  return {
    planes: [],
    jobHandlers: {
      [compactAssessmentLogJob]: (job) =>
        compactAssessmentLog(deps, (job.payload as { assessmentId: string }).assessmentId),
    },
    sweeps: [
      { name: "lost-assessments", everyMs: 3000, run: () => sweepLostAssessments(deps, startedAt) },
      { name: "due-assessments", everyMs: 10_000, run: () => startDueAssessments(deps) },
    ],
    work: createAssessmentWork(deps),
    deps,
  };
}
