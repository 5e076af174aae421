import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { may, type Actor } from "../access/index.ts";
import { parseSlug, type BucketRef } from "../buckets/index.ts";
import { isRevoked, versionName, type Version } from "../versions/index.ts";

/** A name that consumers ask for; what it points at is what they get. */
export interface Channel {
  readonly id: string;
  readonly bucketId: string;
  readonly bucketName: string;
  readonly name: string;
  /** Who changed it last; null: the registry itself. */
  readonly author: string | null;
  /** Only the registry moves it, and nobody deletes it: the channel `latest`. */
  readonly managed: boolean;
  /** Only for those who may write. */
  readonly restricted: boolean;
  readonly versionId: string | null;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** One line of a channel's history. */
export interface ChannelAssignment {
  readonly position: number;
  readonly versionId: string;
  readonly author: string | null;
  readonly assignedAt: Millis;
}

/** The name of the managed channel. */
export const latestChannel = "latest";

// The path of the operation that copies an assignment; a channel of this name could not be asked for.
const reservedName = "assign";

/** Errors: invalid/name. */
export function parseChannelName(text: string): string {
  if (text === reservedName) {
    throw new DomainError("invalid", "name", `"${reservedName}" is reserved and cannot be the name of a channel.`);
  }
  return parseSlug("channel", text);
}

/** Whether consumers may be pointed at this version now. Errors: precondition/version_incomplete, precondition/version_revoked. */
export function checkAssignable(version: Version, now: Millis): void {
  if (version.number === null) {
    throw new DomainError(
      "precondition",
      "version_incomplete",
      `The version with fingerprint ${version.fingerprint} is not complete and cannot be assigned to a channel. Finish its builds first.`,
    );
  }
  if (isRevoked(version, now)) {
    throw new DomainError(
      "precondition",
      "version_revoked",
      `The version ${versionName(version.number)} (fingerprint ${version.fingerprint}) is revoked and cannot be assigned to a channel. Choose another version, or restore this one.`,
    );
  }
}

/** Errors: forbidden/channel_restricted. */
export function checkReadable(channel: Channel, actor: Actor, bucket: BucketRef): void {
  if (!channel.restricted || mayReadRestricted(actor, bucket)) return;
  throw new DomainError(
    "forbidden",
    "channel_restricted",
    `The channel ${channel.name} is restricted to users with write permission in the registry.`,
  );
}

/** Whether the actor may read the restricted channels of the bucket too. */
export function mayReadRestricted(actor: Actor, { organizationId, projectId, name }: BucketRef): boolean {
  return may(actor, "channel:read-restricted", { organizationId, projectId, bucketName: name });
}

export function channelNotFound(name: string): DomainError {
  return new DomainError("not_found", "channel_not_found", `The channel with identifier ${name} does not exist.`);
}
