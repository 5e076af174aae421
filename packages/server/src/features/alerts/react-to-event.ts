import { enqueueJob } from "../../jobs/index.ts";
import type { Event } from "../events/index.ts";
import { deleteAlertsResolvedBefore, listUnchecked } from "./alert-store.ts";
import {
  listOrganizationsToCheck,
  listOverdue,
  listWorkspacesOfChannel,
  listWorkspacesOfVersion,
} from "./image-facts-store.ts";
import { reconcileRevocationAlerts, reconcileWorkspaceAlerts, type AlertDeps } from "./reconcile-alerts.ts";

/** Looks at one workspace: written for every workspace that a channel or a version concerns. */
export const reconcileAlertsJob = "reconcile-alerts";

export interface ReconcileAlerts {
  readonly workspaceId: string;
}

/** No alert follows from these: the run has begun something and not ended it. */
const idleKinds: ReadonlySet<string> = new Set(["run.pending", "run.plan_queued", "run.planning", "run.applying"]);

const revocationKinds: ReadonlySet<string> = new Set([
  "version.revoked",
  "version.revocation_scheduled",
  "version.revocation_canceled",
  "version.restored",
]);

/** Looks again at whatever an event may have made better or worse. Repeatable. */
export async function reconcileAlertsAfter(deps: AlertDeps, event: Event): Promise<void> {
  const { kind, data, workspaceId } = event;
  if (workspaceId !== null && (kind === "assessment.finished" || (kind.startsWith("run.") && !idleKinds.has(kind)))) {
    await reconcileWorkspaceAlerts(deps, workspaceId);
  } else if (kind === "channel.assigned") {
    await enqueueReconciles(deps, event, await listWorkspacesOfChannel(deps.db, String(data["channelId"])));
    await reconcileRevocationAlerts(deps, event.organizationId);
  } else if (revocationKinds.has(kind)) {
    await enqueueReconciles(deps, event, await listWorkspacesOfVersion(deps.db, String(data["versionId"])));
    await reconcileRevocationAlerts(deps, event.organizationId);
  }
}

/** The key names the event: a job that is running for another one may have read its facts before this event. */
async function enqueueReconciles(deps: AlertDeps, event: Event, workspaceIds: readonly string[]): Promise<void> {
  if (workspaceIds.length === 0) return;
  const now = deps.now();
  await deps.db.transaction().execute(async (tx) => {
    for (const workspaceId of workspaceIds) {
      const payload: ReconcileAlerts = { workspaceId };
      await enqueueJob(tx, { kind: reconcileAlertsJob, payload, uniqueKey: `${event.id}:${workspaceId}` }, now);
    }
  });
  deps.wakeJobs();
}

const recheckedMs = 300_000;
const workspacesMax = 100;
const keptMs = 180 * 86_400_000;

/**
 * Looks at workspaces and organizations for what changes with time alone: a revocation takes effect, an image gets too old. A
 * turn looks at a bounded number; those that were not looked at for the longest come first.
 */
export async function sweepAlerts(deps: AlertDeps): Promise<void> {
  const now = deps.now();
  const due = new Set([
    ...(await listOverdue(deps.db, now, workspacesMax)),
    ...(await listUnchecked(deps.db, now - recheckedMs, workspacesMax)),
  ]);
  for (const workspaceId of [...due].slice(0, workspacesMax)) await reconcileWorkspaceAlerts(deps, workspaceId);
  for (const organizationId of await listOrganizationsToCheck(deps.db)) {
    await reconcileRevocationAlerts(deps, organizationId);
  }
  await deleteAlertsResolvedBefore(deps.db, now - keptMs);
}
