import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { recordEvent } from "../events/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import { alertChanges, type AlertChanges } from "./alert-changes.ts";
import {
  insertAlert,
  listOpenAlerts,
  lockOrganizationAlerts,
  noteChecked,
  resolveAlert,
  updateAlert,
} from "./alert-store.ts";
import type { Alert, DesiredAlert } from "./alert.ts";
import { desiredAlerts, revocationAlert, type WorkspaceFacts } from "./desired-alerts.ts";
import { listRevocationsInUse } from "./image-facts-store.ts";

export interface AlertDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Called after a commit that wrote an event. */
  readonly wakeJobs: () => void;
  /** What is the case now. Reads with the transaction that holds the workspace's lock. */
  readonly readFacts: (tx: Tx, workspace: Workspace, now: Millis) => Promise<WorkspaceFacts>;
}

/**
 * Brings the open alerts of a workspace in line with what is the case. The facts are read under the workspace's lock, so of
 * two calls the later one has seen no less: repeated, reordered and concurrent calls end the same. Returns the number of
 * alerts that were opened, changed or resolved.
 */
export async function reconcileWorkspaceAlerts(deps: AlertDeps, workspaceId: string): Promise<number> {
  const now = deps.now();
  const told = await deps.db.transaction().execute(async (tx) => {
    const workspace = await lockWorkspaceRow(tx, workspaceId);
    if (workspace === undefined) return 0;
    const desired = desiredAlerts(await deps.readFacts(tx, workspace, now));
    const changes = alertChanges(await listOpenAlerts(tx, { workspaceId }), desired);
    await noteChecked(tx, workspaceId, now);
    return applyChanges(
      tx,
      changes,
      () => ({
        organizationId: workspace.organizationId,
        projectId: workspace.projectId,
        workspaceId,
        workspaceName: workspace.name,
      }),
      now,
    );
  });
  if (told > 0) deps.wakeJobs();
  return told;
}

/**
 * The same for the alerts of an organization: one for each revocation, ordered or scheduled, as long as somebody is affected.
 * Affected is a workspace that runs the version or one that inherits its revocation, or that reads a channel which still
 * points at one. It resolves when the version is restored, and when the last of them has moved away.
 */
export async function reconcileRevocationAlerts(
  deps: Pick<AlertDeps, "db" | "now" | "wakeJobs">,
  organizationId: string,
): Promise<number> {
  const now = deps.now();
  const told = await deps.db.transaction().execute(async (tx) => {
    if (!(await lockOrganizationAlerts(tx, organizationId))) return 0;
    const revocations = await listRevocationsInUse(tx, organizationId);
    const projects = new Map<string, string>();
    const alerts = revocations.flatMap((revocation) =>
      revocationAlert(revocation, now).map((alert) => {
        projects.set(alert.cause, revocation.projectId);
        return alert;
      }),
    );
    const open = await listOpenAlerts(tx, { organizationId });
    return applyChanges(
      tx,
      alertChanges(open, { alerts, isUndecided: () => false }),
      (alert) => ({
        organizationId,
        projectId: projects.get(alert.cause) ?? null,
        workspaceId: null,
        workspaceName: null,
      }),
      now,
    );
  });
  if (told > 0) deps.wakeJobs();
  return told;
}

type AlertPlace = Pick<Alert, "organizationId" | "projectId" | "workspaceId" | "workspaceName">;

async function applyChanges(
  tx: Tx,
  changes: AlertChanges,
  placeOf: (alert: DesiredAlert) => AlertPlace,
  now: Millis,
): Promise<number> {
  for (const desired of changes.open) {
    const times = { openedAt: now, changedAt: now, resolvedAt: null };
    const alert: Alert = { ...desired, ...placeOf(desired), ...times, id: newUlid() };
    await insertAlert(tx, alert);
    await recordAlert(tx, "alert.opened", alert, now);
  }
  for (const { alert, to, tell } of changes.update) {
    await updateAlert(tx, alert.id, to, tell ? now : alert.changedAt);
    if (tell) await recordAlert(tx, "alert.changed", { ...alert, ...to }, now);
  }
  for (const alert of changes.resolve) {
    await resolveAlert(tx, alert.id, now);
    await recordAlert(tx, "alert.resolved", alert, now);
  }
  return changes.open.length + changes.update.filter(({ tell }) => tell).length + changes.resolve.length;
}

const summaries = { "alert.opened": "Alert", "alert.changed": "Alert changed", "alert.resolved": "Resolved" } as const;

async function recordAlert(tx: Tx, kind: keyof typeof summaries, alert: Alert, now: Millis): Promise<void> {
  await recordEvent(
    tx,
    {
      kind,
      organizationId: alert.organizationId,
      projectId: alert.projectId,
      workspaceId: alert.workspaceId,
      summary: `${summaries[kind]}: ${alert.title}`,
      actorName: null,
      data: {
        alertId: alert.id,
        alertKind: alert.kind,
        severity: alert.severity,
        title: alert.title,
        detail: alert.detail,
        ...(alert.runId === null ? {} : { runId: alert.runId }),
        ...(alert.bucketName === null ? {} : { bucket: alert.bucketName, version: alert.versionName }),
      },
    },
    now,
  );
}
