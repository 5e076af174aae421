import type { Millis } from "../../platform/clock.ts";

/**
 * How good the image of a use is. `unknown`: the registry once knew it and no longer does; it never counts as good.
 * `untracked`: the registry has never known it.
 */
export type ImageUseStatus = "current" | "behind" | "scheduled" | "revoked" | "unknown" | "untracked";

/** One attribute of one resource in one workspace that names an image. */
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
  /** The channel that the status compares with: one that the workspace follows, else `latest`. */
  readonly channelName: string | null;
  /** Set when the list was asked for an image that this one descends from. */
  readonly descendsFrom: { readonly bucketName: string; readonly versionName: string } | null;
  readonly firstSeenAt: Millis;
}

/** What the status of one use depends on. */
export interface UseFacts {
  /** The version as it was recorded; null when the registry knew nothing of the identifier. */
  readonly recordedVersionId: string | null;
  /** Whether the version still exists. */
  readonly versionExists: boolean;
  readonly revokeAt: Millis | null;
  /** The versions that the compared channels point at. */
  readonly channelVersionIds: readonly string[];
}

/** The status needs no plan: it changes the moment a channel moves or a version is revoked. */
export function statusOfUse(facts: UseFacts, now: Millis): ImageUseStatus {
  if (facts.recordedVersionId === null) return "untracked";
  if (!facts.versionExists) return "unknown";
  if (facts.revokeAt !== null) return facts.revokeAt <= now ? "revoked" : "scheduled";
  if (facts.channelVersionIds.length === 0) return "unknown";
  return facts.channelVersionIds.includes(facts.recordedVersionId) ? "current" : "behind";
}
