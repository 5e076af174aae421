import { canSee, projectScope, type Actor } from "../access/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export const alertKinds = [
  "drift",
  "check",
  "assessment-failed",
  "image-status",
  "run-failed",
  "run-waiting",
  "revocation",
] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertSeverities = ["info", "warning", "critical"] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Something that should not stay as it is. */
export interface DesiredAlert {
  readonly kind: AlertKind;
  /** What it is about, within its workspace or organization: there is one open alert for one cause. */
  readonly cause: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly detail: string;
  /** What is affected: one that joins is worth telling again, one that leaves is not. */
  readonly subjects: readonly string[];
  readonly runId: string | null;
  readonly bucketName: string | null;
  readonly versionName: string | null;
}

export interface Alert extends DesiredAlert {
  readonly id: string;
  readonly organizationId: string;
  /** Null: of the organization as a whole. */
  readonly projectId: string | null;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly openedAt: Millis;
  /** When people were told last. */
  readonly changedAt: Millis;
  /** Null while it is open. */
  readonly resolvedAt: Millis | null;
}

export function alertNotFound(): DomainError {
  return new DomainError("not_found", "alert_not_found", "There is no such alert, or you may not see it.");
}

/** The alert, for an actor who may see it. Errors: not_found/alert_not_found. */
export function visibleAlert(actor: Actor, alert: Alert | undefined): Alert {
  if (alert === undefined || alert.organizationId !== actor.organizationId) throw alertNotFound();
  const { organizationId, projectId } = alert;
  // Whoever is told of a project is told of its organization.
  const visible = projectId === null ? projectScope(actor)?.length !== 0 : canSee(actor, { organizationId, projectId });
  if (!visible) throw alertNotFound();
  return alert;
}
