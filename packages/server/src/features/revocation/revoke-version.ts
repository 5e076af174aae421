import type { Db } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { lockFamily } from "../ancestry/index.ts";
import type { BucketRef } from "../buckets/index.ts";
import { rollBackChannels } from "../channels/index.ts";
import { findVersions, getVersion, isRevoked, saveRevocation, type Version } from "../versions/index.ts";
import { announceRevocation } from "./announce-revocation.ts";
import { inheritRevocations } from "./inherit-revocations.ts";
import { checkRestorable, checkRevocable } from "./revocation.ts";

export interface RevocationDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Called after a commit that wrote a job. */
  readonly wakeJobs: () => void;
}

export interface VersionRef extends BucketRef {
  readonly fingerprint: string;
}

export interface RevocationOrder {
  /** In the past or now: at once. */
  readonly revokeAt: Millis;
  readonly message: string;
  /** Whether descendants inherit it, those recorded later included. */
  readonly cascades: boolean;
  /** False: only `latest` leaves a revoked version. */
  readonly rollsBackUserChannels: boolean;
}

/**
 * Revokes a version, now or at a date, and with it its descendants. What takes effect at once takes every channel off
 * the revoked versions, each to the newest good version of its history. Errors: not_found/bucket_not_found,
 * not_found/version_not_found, and those of {@link checkRevocable}.
 */
export async function revokeVersion(
  deps: RevocationDeps,
  actor: Actor,
  ref: VersionRef,
  order: RevocationOrder,
): Promise<Version> {
  const now = deps.now();
  const revoked = await deps.db.transaction().execute(async (tx) => {
    const { version, descendants } = await lockFamily(tx, actor, ref);
    checkRevocable(version, order.revokeAt, now);
    const { revokeAt, message, cascades } = order;
    const own = { revokeAt, message, cascades, author: actor.name, type: "manual", inheritedFromId: null } as const;
    await saveRevocation(tx, [version.id], own, now);
    const inherited = await inheritRevocations(tx, descendants, now);
    const changed = await findVersions(tx, [version.id, ...inherited]);
    const effective = changed.filter((v) => isRevoked(v, now)).map((v) => v.id);
    await rollBackChannels(tx, effective, { onlyManaged: !order.rollsBackUserChannels, actor }, now);
    await announceRevocation(tx, changed, { actor, wereRevoked: false }, now);
    return getVersion(tx, version);
  });
  deps.wakeJobs();
  return revoked;
}

/**
 * Takes a revocation back, and with it what descendants inherited from it; they keep what they inherit from others.
 * Channels stay where they are. Errors: not_found/bucket_not_found, not_found/version_not_found, and those of
 * {@link checkRestorable}.
 */
export async function restoreVersion(deps: RevocationDeps, actor: Actor, ref: VersionRef): Promise<Version> {
  const now = deps.now();
  const restored = await deps.db.transaction().execute(async (tx) => {
    const { version, descendants } = await lockFamily(tx, actor, ref);
    checkRestorable(version);
    await saveRevocation(tx, [version.id], null, now);
    const inherited = await inheritRevocations(tx, [version.id, ...descendants], now);
    const changed = await findVersions(tx, [version.id, ...inherited]);
    await announceRevocation(tx, changed, { actor, wereRevoked: isRevoked(version, now) }, now);
    return getVersion(tx, version);
  });
  deps.wakeJobs();
  return restored;
}
