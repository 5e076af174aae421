import {
  listChannelReaders,
  listWorkspacesOfVersion,
  reconcileAlertsAfter,
  reconcileAlertsJob,
  reconcileRevocationAlerts,
  reconcileWorkspaceAlerts,
  sweepAlerts,
  type AlertDeps,
  type ReconcileAlerts,
  type WorkspaceFacts,
} from "../features/alerts/index.ts";
import type { Event } from "../features/events/index.ts";
import { checkWorkspaceImages } from "../features/image-uses/index.ts";
import {
  deleteDeliveriesBefore,
  deliverNotification,
  deliverNotificationJob,
  notifyEvent,
  type DeliverNotification,
} from "../features/notifications/index.ts";
import { listRuns, listRunsInStatus } from "../features/runs/index.ts";
import type { Workspace } from "../features/workspaces/index.ts";
import type { Tx } from "../db/database.ts";
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
  return {
    planes: [],
    jobHandlers: {
      [reconcileAlertsJob]: async (job) => {
        await reconcileWorkspaceAlerts(alerts, (job.payload as ReconcileAlerts).workspaceId);
      },
    },
    waitingJobHandlers: {
      [deliverNotificationJob]: (job) =>
        deliverNotification(
          { db, now, sealer, outbound, mailer, random: Math.random },
          (job.payload as DeliverNotification).deliveryId,
        ),
    },
    sweeps: [
      { name: "alerts", everyMs: 30_000, run: () => sweepAlerts(alerts) },
      { name: "old-deliveries", everyMs: 3_600_000, run: () => deleteDeliveriesBefore(db, now() - deliveriesKeptMs) },
    ],
    react: async (event) => {
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
            if (typeof data["versionId"] === "string") return listWorkspacesOfVersion(db, data["versionId"]);
            return [];
          },
          findAssessmentResults: async () => undefined,
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
  const decisive = { organizationId, projectId, workspaceId: id, planOnly: false, statuses: decisiveStatuses };
  const { items } = await listRuns(tx, decisive, { number: 1, size: 1 });
  const lastRun = items[0];
  const waiting = await listRunsInStatus(tx, id, ["planned"]);
  const imageChecks = await checkWorkspaceImages(tx, id, now);
  return {
    workspaceName: workspace.name,
    lastRun: lastRun === undefined ? null : { ...lastRun, failed: lastRun.status === "errored" },
    waitingRuns: waiting,
    assessment: null,
    findings: null,
    imageChecks: imageChecks ?? [],
  };
}

/** Those of runs that either did what they should or failed to. One without changes did: the world is as configured. */
const decisiveStatuses = ["applied", "planned_and_finished", "errored"] as const;
