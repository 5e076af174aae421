import type { Millis } from "../../platform/clock.ts";

/**
 * How good the image of a use is. `unknown`: the registry once knew it and no longer does, or the channel points at
 * nothing; it never counts as good. `untracked`: the registry has never known it.
 */
export const imageUseStatuses = ["current", "behind", "scheduled", "revoked", "unknown", "untracked"] as const;
export type ImageUseStatus = (typeof imageUseStatuses)[number];

/** What somebody should look at. `untracked` is left out: most clouds run images that no registry of ours has made. */
export const attentionStatuses: readonly ImageUseStatus[] = ["behind", "scheduled", "revoked", "unknown"];

/**
 * One attribute of one resource in one workspace that names an image. Its status needs no plan: it changes the moment a
 * channel moves, a version is revoked or restored, or the date of a scheduled revocation comes.
 */
export interface ImageUse {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly resource: string;
  readonly attribute: string;
  readonly externalIdentifier: string;
  readonly bucketName: string | null;
  readonly versionName: string | null;
  readonly fingerprint: string | null;
  readonly status: ImageUseStatus;
  /**
   * The channel that the status compares with: one that the workspace follows, rather one that points at the version in
   * use, and otherwise `latest`.
   */
  readonly channelName: string | null;
  /** What that channel points at now. */
  readonly channelVersionName: string | null;
  readonly versionCreatedAt: Millis | null;
  /** In the past: revoked; in the future: scheduled. */
  readonly revokeAt: Millis | null;
  readonly revocationMessage: string | null;
  /** When the channel left the version in use behind; null while it points at it. */
  readonly behindSince: Millis | null;
  /** Set when the list was asked for an image that this one descends from. */
  readonly descendsFrom: { readonly bucketName: string; readonly versionName: string } | null;
  readonly firstSeenAt: Millis;
}

/** How many uses have each status, and in how many workspaces at least one needs attention. */
export interface ImageUseSummary {
  readonly statuses: Readonly<Record<ImageUseStatus, number>>;
  readonly workspacesAffected: number;
}
