import { bulkActionJob, doBulkAction, type BulkActionJob } from "../features/change-requests/index.ts";
import { retainData } from "../features/data-retention/index.ts";
import { destroyDueWorkspaces } from "../features/auto-destroy/index.ts";
import { extractResources } from "../features/workspace-resources/index.ts";
import {
  recordRevocationsInEffect,
  versionRevocationChangedJob,
  type VersionRevocationChanged,
} from "../features/revocation/index.ts";
import { removePoliciesOf } from "../features/policy-sets/index.ts";
import { deleteBucketRow } from "../features/buckets/index.ts";
import { removeOrganization, removeOrganizationJob } from "../features/organization-life-cycle/index.ts";
import type { Event } from "../features/events/index.ts";
import { deleteSilentAgents } from "../features/agent-pools/index.ts";
import { createNoteEngines, deleteSilentRunnerEngines } from "../features/engines/index.ts";
import { fireRunTriggers } from "../features/run-triggers/index.ts";
import {
  compactLog,
  discardSavedPlans,
  removeWorkspace,
  createRunWithin,
  type NewRun,
  type Run,
} from "../features/runs/index.ts";
import { interruptAssessment, listAssessmentBlobs } from "../features/assessments/index.ts";
import {
  createPhaseWork,
  recheckWaitingRuns,
  sweepLostPhases,
  tellOfWaiting,
  type CheckImages,
  type RunnerDeps,
} from "../features/runners/index.ts";
import type { Tx } from "../db/database.ts";
import type { TokenIssuer } from "../features/run-identity/index.ts";
import type { Job } from "../jobs/index.ts";
import { createBell } from "../platform/bell.ts";
import type { BlobStore } from "../platform/blobs/blob-store.ts";
import { createRunnerLinksPlane, createRunnerPlane } from "../wire/runner/index.ts";
import {
  createDiscoveryPlane,
  createMetaPlane,
  createTfeLinksPlane,
  createTfePlane,
  type TfeDeps,
} from "../wire/tfe/index.ts";
import { isOfInstallation } from "../installation/bootstrap.ts";
import type { AssessmentsParts } from "./assessments.ts";
import type { Foundation, Parts } from "./foundation.ts";
import type { StagesParts } from "./stages.ts";

export interface RunsDeps {
  /** Asked between plan and apply, and again while a run waits in between. */
  readonly checkImages: CheckImages;
  readonly issuer: TokenIssuer;
  readonly assessments: Pick<AssessmentsParts, "work" | "deps">;
  readonly stages: Pick<StagesParts, "prepareStages" | "deps">;
}

export interface RunsParts extends Parts {
  /** Called after everything that happens. */
  readonly react: (event: Event) => Promise<void>;
  /** Tells waiting runners that a transaction has just made work for them. */
  readonly wakeRunners: () => void;
}

// Long enough to find out on Monday what was there on Friday.
const agentsKeptMs = 7 * 86_400_000;

/** Workspaces, runs and states: the Terraform plane, the runner plane, and their upkeep. */
export function wireRuns(foundation: Foundation, deps: RunsDeps): RunsParts {
  const { db, blobs, sealer, signer, now, publicUrl, wakeJobs, logger, outbound, mailer } = foundation;
  const bell = createBell();
  const startedAt = now();
  const runners: RunnerDeps = {
    db,
    blobs,
    sealer,
    signer,
    now,
    publicUrl,
    wakeJobs,
    wakeRunners: () => bell.ring(),
    archiveBytesMax: foundation.config["archive-bytes-max"],
    issuer: deps.issuer,
    checkImages: deps.checkImages,
    logs: createBell(),
    interruptAssessment,
    listAssessmentBlobs,
    prepareStages: deps.stages.prepareStages,
  };
  const tfe: TfeDeps = {
    ...deps.stages.deps,
    ...runners,
    organizationCreators: foundation.config["organization-creators"],
    isOfInstallation,
    assessments: deps.assessments.deps,
    outbound,
    mailer,
    discardSavedPlans: (tx, workspaceId) => discardSavedPlans(tx, workspaceId, now()),
  };
  const works = [createPhaseWork(runners), deps.assessments.work];
  return {
    planes: [
      createDiscoveryPlane(),
      createMetaPlane(),
      createTfePlane(tfe),
      createTfeLinksPlane(tfe),
      createRunnerPlane({ db, now, bell, works, noteEngines: createNoteEngines({ db, now }) }),
      createRunnerLinksPlane({ signer, works }),
    ],
    jobHandlers: {
      "compact-log": (job) => compactLog({ db, blobs }, (job.payload as { phaseId: string }).phaseId),
      [versionRevocationChangedJob]: async (job) => {
        await recordRevocationsInEffect(db, job.payload as VersionRevocationChanged, now());
        await recheckWaitingRuns(runners, logger);
      },
      [bulkActionJob]: (job) => doBulkAction({ db, now, wakeJobs }, (job.payload as BulkActionJob).bulkActionId),
      "remove-blobs": (job) => removeBlobs(blobs, job),
      "extract-resources": (job) =>
        extractResources({ db, blobs, sealer, now }, (job.payload as { stateVersionId: string }).stateVersionId),
      [removeOrganizationJob]: (job) =>
        removeOrganization(
          {
            db,
            now,
            removeWorkspace: (tx, id) => removeWorkspace(runners, tx, id),
            removeBucket: deleteBucketRow,
            removePolicies: (tx, organizationId, limit) => removePoliciesOf(tx, organizationId, limit, now()),
          },
          job,
        ),
    },
    sweeps: [
      { name: "lost-runners", everyMs: 3000, run: () => sweepLostPhases(runners, startedAt) },
      { name: "waiting-phases", everyMs: 10_000, run: () => tellOfWaiting(runners) },
      { name: "silent-agents", everyMs: 3_600_000, run: () => deleteSilentAgents(db, now() - agentsKeptMs) },
      {
        name: "silent-runners",
        everyMs: 3_600_000,
        run: () => deleteSilentRunnerEngines(db, now() - agentsKeptMs),
      },
      { name: "data-retention", everyMs: 3_600_000, run: () => retainData({ db, now, wakeJobs }) },
      {
        name: "automatic-destruction",
        everyMs: 30_000,
        run: () =>
          destroyDueWorkspaces({
            ...runners,
            onRefused: (workspaceId, reason) => logger.warn({ workspaceId, reason }, "a workspace was not destroyed"),
          }),
      },
    ],
    wakeRunners: runners.wakeRunners,
    react: async ({ kind, data }) => {
      const { runId } = data;
      if (kind !== "run.applied" || typeof runId !== "string") return;
      const createRun = (tx: Tx, run: NewRun): Promise<Run> => createRunWithin(tx, runners, run);
      if ((await fireRunTriggers({ db, logger, createRun }, runId)) > 0) runners.wakeRunners();
    },
  };
}

async function removeBlobs(blobs: BlobStore, job: Job): Promise<void> {
  for (const key of (job.payload as { keys: readonly string[] }).keys) await blobs.remove(key);
}
