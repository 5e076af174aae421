import { projectScope, type Actor } from "../features/access/index.ts";
import { countOpenAlerts } from "../features/alerts/index.ts";
import {
  healthOf,
  interruptAssessment,
  latestAssessments,
  readOutlooks,
  type AssessmentDeps,
} from "../features/assessments/index.ts";
import {
  findTrackedImages as findArtifactsByIdentifier,
  findReplacementVersion,
  getChannelForConsumer,
} from "../features/builds/index.ts";
import { channelMovedJob, type ChannelMoved } from "../features/channels/index.ts";
import { createEventFeed, type Event } from "../features/events/index.ts";
import { discardSupersededRun, followChannel, queueFollowRun, recordChannelRead } from "../features/followers/index.ts";
import {
  checkImages,
  extractImageUses,
  listNewlyUsedVersions,
  readImageChanges,
  type ImageCheck,
  type FindTrackedImages,
} from "../features/image-uses/index.ts";
import { readPlanChanges } from "../features/plan-changes/index.ts";
import { readPlanJson } from "../features/runners/index.ts";
import {
  awaitingApply,
  createRunWithin,
  listNewestRuns,
  listPhases,
  type Phase,
  type Run,
  type RunDeps,
} from "../features/runs/index.ts";
import { readState } from "../features/state-versions/index.ts";
import { versionName } from "../features/versions/index.ts";
import type { AdvisoryImportDeps } from "../features/vulnerabilities/index.ts";
import type { WorkspaceOverview } from "../features/workspace-overviews/index.ts";
import { lockWorkspaceRow } from "../features/workspaces/index.ts";
import { DomainError } from "../platform/errors.ts";
import { isOfInstallation } from "../installation/bootstrap.ts";
import { createConsolePlane } from "../wire/console/console-plane.ts";
import type { WorkspaceHealth } from "../wire/console/workspace-routes.ts";
import { createConsumePlane } from "../wire/consume/consume-plane.ts";
import type { ConsumedChannel } from "../wire/consume/present-channel.ts";
import type { RateLimit } from "../platform/rate-limit.ts";
import type { Foundation, Parts } from "./foundation.ts";

// One a workspace at most, besides saved plans; a preview that reads more of them would keep its reader waiting.
const plansReadAtOnce = 100;

/** What closes the loop between the registry and the runs: image uses, the image check, followers, consumption. */
export interface Loop extends Parts {
  /** Called between plan and apply. */
  readonly checkImages: (plan: { readonly organizationId: string; readonly planJson: unknown }) => Promise<ImageCheck>;
  /** Called after everything that happens. */
  readonly react: (event: Event) => Promise<void>;
  /** Called whenever a channel was read over the HCP plane or the consumption plane; only runs count. */
  readonly noteChannelRead: (
    actor: Actor,
    read: { readonly channelId: string; readonly versionId: string | null },
  ) => Promise<void>;
}

export interface LoopDeps extends Pick<RunDeps, "wakeRunners" | "prepareStages"> {
  readonly assessments: AssessmentDeps;
  readonly advisoryImports: AdvisoryImportDeps;
  /** How often one address can be wrong about a credential. */
  readonly signInRefusals: RateLimit;
  /** Called when the images that a workspace runs have been read anew. */
  readonly noteImageUses: (workspace: { readonly id: string; readonly organizationId: string }) => Promise<void>;
}

export function wireLoop(foundation: Foundation, runs: LoopDeps): Loop {
  const { db, blobs, sealer, now, logger, outbound, mailer, publicUrl, wakeJobs } = foundation;

  const findTrackedImages: FindTrackedImages = (organizationId, identifiers) =>
    findArtifactsByIdentifier(db, { organizationId, identifiers });

  const noteChannelRead: Loop["noteChannelRead"] = async (actor, read) => {
    if (actor.runId === null || actor.workspaceId === null) return;
    await recordChannelRead(db, { ...read, runId: actor.runId, workspaceId: actor.workspaceId }, now());
  };

  async function readPlan(phase: Phase): Promise<unknown> {
    const bytes = await readPlanJson({ blobs, sealer }, phase);
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8")) as unknown);
  }

  async function findRunsWaitingToUse(actor: Actor, versionIds: readonly string[]): Promise<Run[]> {
    const { organizationId } = actor;
    const filter = { organizationId, projects: projectScope(actor, "run:read"), statuses: awaitingApply };
    const runs = (await listNewestRuns(db, filter, { limit: plansReadAtOnce })).items;
    const phases = await listPhases(
      db,
      runs.map((run) => run.id),
    );
    const found: Run[] = [];
    for (const run of runs) {
      const phase = phases.find((one) => one.runId === run.id && one.kind === "plan");
      const plan = phase && (await readPlan(phase));
      if (plan === undefined) continue;
      const used = await listNewlyUsedVersions(findTrackedImages, organizationId, plan);
      if (versionIds.some((id) => used.has(id))) found.push(run);
    }
    return found;
  }

  return {
    planes: [
      createConsumePlane({
        db,
        now,
        noteChannelRead,
        readChannel: async (actor, ref) => presentForConsumer(await getChannelForConsumer(db, actor, ref)),
      }),
      createConsolePlane({
        db,
        isOfInstallation: (organizationId) => isOfInstallation(db, organizationId),
        now,
        blobs,
        assessments: runs.assessments,
        advisoryImports: runs.advisoryImports,
        sealer,
        outbound,
        mailer,
        publicUrl,
        wakeJobs,
        signInRefusals: runs.signInRefusals,
        readHealth: (workspaces) => readHealth(runs.assessments, workspaces),
        countOpenAlerts: (workspaceIds) => countOpenAlerts(db, workspaceIds),
        findRunsWaitingToUse,
        readRunPlan: async (run, phase) => {
          const plan = await readPlan(phase);
          if (plan === undefined) return undefined;
          const images = await readImageChanges(findTrackedImages, run.organizationId, plan);
          return { changes: readPlanChanges(plan), images };
        },
        feed: createEventFeed({ db, now, logger }),
      }),
    ],
    jobHandlers: {
      "extract-image-uses": async (job) => {
        const { stateVersionId } = job.payload as { stateVersionId: string };
        const workspace = await extractImageUses(
          {
            db,
            now,
            logger,
            findTrackedImages,
            readState: (id) =>
              readState({ db, blobs, sealer }, id).catch((error: unknown) => {
                if (error instanceof DomainError && error.kind === "not_found") return undefined;
                throw error;
              }),
            lockIfCurrent: async (tx, workspaceId, id) =>
              (await lockWorkspaceRow(tx, workspaceId))?.currentStateVersionId === id,
          },
          stateVersionId,
        );
        if (workspace !== undefined) await runs.noteImageUses(workspace);
      },
      [channelMovedJob]: async (job) => {
        const { channelId } = job.payload as ChannelMoved;
        const queued = await followChannel(
          {
            db,
            now,
            logger,
            queueRun: (tx, run) =>
              queueFollowRun(
                tx,
                {
                  now,
                  createRun: (tx, input) =>
                    createRunWithin(tx, { sealer, now, interruptAssessment, prepareStages: runs.prepareStages }, input),
                },
                run,
              ),
          },
          channelId,
          job.id,
        );
        if (queued > 0) runs.wakeRunners();
      },
    },
    sweeps: [],
    react: async (event) => {
      const { runId } = event.data;
      if (event.data["waits"] !== true || typeof runId !== "string") return;
      if (await discardSupersededRun({ db, now }, runId)) runs.wakeRunners();
    },
    noteChannelRead,
    checkImages: ({ organizationId, planJson }) =>
      checkImages(
        {
          now,
          findTrackedImages,
          findReplacement: async (bucketId) => {
            const version = await findReplacementVersion(db, { bucketId }, now());
            return (
              version && {
                versionName: version.name,
                identifiers: version.artifacts.map((artifact) => artifact.externalIdentifier),
              }
            );
          },
        },
        organizationId,
        planJson,
      ),
  };
}

/** Two statements, however many workspaces. */
async function readHealth(
  deps: AssessmentDeps,
  workspaces: readonly WorkspaceOverview[],
): Promise<Map<string, WorkspaceHealth>> {
  const ids = workspaces.map((workspace) => workspace.id);
  const latest = await latestAssessments(deps.db, ids);
  const outlooks = await readOutlooks(deps, ids);
  return new Map(
    workspaces.map(({ id, assessmentsEnabled, assessmentsEnforced }) => [
      id,
      {
        health: healthOf(latest.get(id), assessmentsEnabled || assessmentsEnforced),
        lastAssessmentAt: latest.get(id)?.finishedAt ?? null,
        nextAssessmentAt: outlooks.get(id)?.nextAssessmentAt ?? null,
      },
    ]),
  );
}

function presentForConsumer(content: Awaited<ReturnType<typeof getChannelForConsumer>>): ConsumedChannel {
  const { channel, version, builds } = content;
  return {
    channelId: channel.id,
    channelName: channel.name,
    bucketName: channel.bucketName,
    updatedAt: channel.updatedAt,
    serial: Math.floor(channel.updatedAt / 1000),
    version: version && {
      id: version.id,
      name: versionName(version.number),
      fingerprint: version.fingerprint,
      createdAt: version.createdAt,
      revokeAt: version.revocation?.revokeAt ?? null,
      revocationMessage: version.revocation?.message ?? null,
      artifacts: builds.flatMap((build) =>
        build.artifacts.map((artifact) => ({
          platform: build.platform,
          region: artifact.region,
          component: build.componentType,
          externalIdentifier: artifact.externalIdentifier,
        })),
      ),
    },
  };
}
