import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { rollBackChannels } from "../channels/index.ts";
import { findVersions, isRevoked } from "../versions/index.ts";
import { announceRevocation } from "./announce-revocation.ts";
import { inheritRevocations } from "./inherit-revocations.ts";

/**
 * After a parent was recorded: these versions (the child and whatever descends from it) inherit what the parent is
 * under, at once. True when something changed, and then a job was written. The caller holds the lock of the ancestry and
 * of the buckets of all these versions.
 */
export async function inheritFromNewParent(
  tx: Tx,
  actor: Actor,
  versionIds: readonly string[],
  now: Millis,
): Promise<boolean> {
  const ids = await inheritRevocations(tx, versionIds, now);
  if (ids.length === 0) return false;
  const changed = await findVersions(tx, ids);
  const effective = changed.filter((v) => isRevoked(v, now)).map((v) => v.id);
  await rollBackChannels(tx, effective, { onlyManaged: false, actor }, now);
  await announceRevocation(tx, changed, { actor, wereRevoked: false }, now);
  return true;
}
