import {
  listChannelReaders,
  findAlert,
  reconcileAlertsAfter,
  reconcileAlertsJob,
  reconcileRevocationAlerts,
  reconcileWorkspaceAlerts,
  sweepAlerts,
  workspacesAffected,
  type AlertDeps,
  type ReconcileAlerts,
  type WorkspaceFacts,
} from "../features/alerts/index.ts";
import {
  countFailingChecks,
  findAssessment,
  hasDrifted,
  hasSucceeded,
  latestAssessment,
  latestResults,
  listAssessments,
  type Assessment,
} from "../features/assessments/index.ts";
import {
  attemptDelivery,
  deleteDeliveriesBefore,
  deliverJob,
  type Attempt,
  type Deliver,
  type Delivery,
} from "../features/deliveries/index.ts";
import type { Event } from "../features/events/index.ts";
import { checkWorkspaceImages } from "../features/image-uses/index.ts";
import { mailInvitation, mailInvitationJob } from "../features/invitations/index.ts";
import { notifyEvent, sendNotification, type AssessmentResult } from "../features/notifications/index.ts";
import { sendToWebhook, tellWebhooks } from "../features/webhooks/index.ts";
import { listRuns, listRunsInStatus } from "../features/runs/index.ts";
import type { Workspace } from "../features/workspaces/index.ts";
import type { Db, Tx } from "../db/database.ts";
import type { Millis } from "../platform/clock.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface AlertParts extends Parts {
  readonly waitingJobHandlers: NonNullable<Parts["waitingJobHandlers"]>;
  /** What follows from an event: alerts open and resolve, and whoever wants to know is told. */
  readonly react: (event: Event) => Promise<void>;
  /** Called when the images that a workspace runs have been read anew. */
  readonly noteImageUses: (workspace: { readonly id: string; readonly organizationId: string }) => Promise<void>;
}

const deliveriesKeptMs = 90 * 86_400_000;

/** Who is told of what, and what needs attention. */
export function wireAlerts(foundation: Foundation): AlertParts {
  const { db, now, wakeJobs, publicUrl, sealer, outbound, mailer } = foundation;
  const alerts: AlertDeps = { db, now, wakeJobs, readFacts };
  const senders: Record<Delivery["recipient"]["kind"], (delivery: Delivery) => Promise<Attempt | undefined>> = {
    configuration: (delivery) => sendNotification({ db, sealer, outbound, mailer }, delivery),
    webhook: (delivery) => sendToWebhook({ db, sealer, outbound }, delivery),
  };
  const send = (delivery: Delivery) => senders[delivery.recipient.kind](delivery);
  return {
    planes: [],
    jobHandlers: {
      [reconcileAlertsJob]: async (job) => {
        await reconcileWorkspaceAlerts(alerts, (job.payload as ReconcileAlerts).workspaceId);
      },
    },
    waitingJobHandlers: {
      [deliverJob]: (job) =>
        attemptDelivery({ db, now, random: Math.random, send }, (job.payload as Deliver).deliveryId),
      [mailInvitationJob]: (job) => mailInvitation({ db, now, mailer, publicUrl }, job),
    },
    sweeps: [
      { name: "alerts", everyMs: 30_000, run: () => sweepAlerts(alerts) },
      { name: "old-deliveries", everyMs: 3_600_000, run: () => deleteDeliveriesBefore(db, now() - deliveriesKeptMs) },
    ],
    react: async (event) => {
      await tellWebhooks({ db, now, wakeJobs, sealer }, event);
      await reconcileAlertsAfter(alerts, event);
      await notifyEvent(
        {
          db,
          now,
          wakeJobs,
          publicUrl,
          sealer,
          listWorkspacesConcerned: async ({ kind, data }) => {
            if (kind === "channel.assigned") return listChannelReaders(db, String(data["channelId"]));
            const alert = typeof data["alertId"] === "string" ? await findAlert(db, data["alertId"]) : undefined;
            return alert === undefined ? [] : workspacesAffected(alert);
          },
          findAssessmentResults: (id) => findAssessmentResults(db, id),
        },
        event,
      );
    },
    noteImageUses: async ({ id, organizationId }) => {
      await reconcileWorkspaceAlerts(alerts, id);
      await reconcileRevocationAlerts(alerts, organizationId);
    },
  };
}

async function readFacts(tx: Tx, workspace: Workspace, now: Millis): Promise<WorkspaceFacts> {
  const { id, organizationId, projectId } = workspace;
  const decisive = {
    organizationId,
    projects: [projectId],
    workspaceId: id,
    planOnly: false,
    statuses: decisiveStatuses,
  };
  const { items } = await listRuns(tx, decisive, { number: 1, size: 1 });
  const lastRun = items[0];
  const waiting = await listRunsInStatus(tx, id, ["planned"]);
  const assessment = await latestAssessment(tx, id);
  // One that failed says nothing: what the one before it found is still the newest that is known.
  const known = assessment?.succeeded === false ? (await latestResults(tx, [id])).get(id) : assessment;
  const imageChecks = await checkWorkspaceImages(tx, id, now);
  return {
    workspaceName: workspace.name,
    lastRun: lastRun === undefined ? null : { ...lastRun, failed: lastRun.status === "errored" },
    waitingRuns: waiting,
    assessment: assessment === undefined ? null : { ...assessment, at: assessment.finishedAt },
    findings:
      known === undefined
        ? null
        : {
            drifted: known.drift.map(({ address }) => address),
            failingChecks: known.failingChecks,
            someChecksUnknown: (known.counts?.checksUnknown ?? 0) > 0,
          },
    imageChecks: imageChecks ?? [],
  };
}

/** Those of runs that either did what they should or failed to. One without changes did: the world is as configured. */
const decisiveStatuses = ["applied", "planned_and_finished", "errored"] as const;

// Between two that ended there may be some that were canceled.
const priorsRead = 20;

async function findAssessmentResults(
  db: Db,
  id: string,
): Promise<{ readonly latest: AssessmentResult; readonly prior: AssessmentResult | null } | undefined> {
  const latest = await findAssessment(db, id);
  if (latest === undefined) return undefined;
  const cursor = { side: "after", key: [latest.queuedAt, latest.id] } as const;
  const { items } = await listAssessments(db, latest.workspaceId, { limit: priorsRead, cursor });
  const prior = items.find((one) => hasSucceeded(one) !== null);
  return { latest: resultOf(latest), prior: prior === undefined ? null : resultOf(prior) };
}

function resultOf(assessment: Assessment): AssessmentResult {
  const { counts } = assessment;
  return {
    id: assessment.id,
    succeeded: hasSucceeded(assessment) === true,
    drifted: hasDrifted(assessment),
    allChecksSucceeded: counts === null ? null : countFailingChecks(assessment) === 0,
    resourcesDrifted: counts?.resourcesDrifted ?? null,
    resourcesUndrifted: counts?.resourcesUndrifted ?? null,
    checksPassed: counts?.checksPassed ?? null,
    checksFailed: counts?.checksFailed ?? null,
    checksErrored: counts?.checksErrored ?? null,
    checksUnknown: counts?.checksUnknown ?? null,
    errorMessage: assessment.errorMessage,
    createdAt: assessment.endedAt ?? assessment.queuedAt,
  };
}
