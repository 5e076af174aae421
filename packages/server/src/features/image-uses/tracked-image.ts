import type { Millis } from "../../platform/clock.ts";

/** What the registry knows about one external identifier. */
export interface TrackedImage {
  readonly externalIdentifier: string;
  readonly versionId: string;
  /** `v<n>`, or `v0` while the version is incomplete. */
  readonly versionName: string;
  readonly bucketId: string;
  readonly bucketName: string;
  readonly revokeAt: Millis | null;
  readonly revocationMessage: string | null;
  /** The ancestor whose revocation this version inherited. */
  readonly revocationInheritedFrom: { readonly bucketName: string; readonly versionName: string } | null;
}

/** Asks the registry of an organization about identifiers; those it does not know are absent from the answer. */
export type FindTrackedImages = (
  organizationId: string,
  identifiers: readonly string[],
) => Promise<ReadonlyMap<string, TrackedImage>>;

export function isRevoked(image: { readonly revokeAt: Millis | null }, now: Millis): boolean {
  return image.revokeAt !== null && image.revokeAt <= now;
}
