import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import type { EnforcedBlockVersion } from "./enforced-block.ts";
import {
  deleteTraces,
  hasBegun,
  insertFetch,
  insertOpening,
  saveBegun,
  type BegunBuild,
  type OpenVersionRef,
} from "./enforcement-store.ts";
import { listBlockMarks, listLinkedBlocks } from "./link-store.ts";

export interface NoteDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** Only what calls itself Packer counts: a person who looks must not pass for a build that asked. */
function isPacker(client: string): boolean {
  return client.startsWith("packer/");
}

/**
 * What the builds of a bucket must run, in the order of execution. When Packer asks, it is written down with the answer.
 * Errors: not_found/bucket_not_found.
 */
export async function fetchLinkedBlocks(
  deps: NoteDeps,
  actor: Actor,
  ref: BucketRef,
  client: string,
): Promise<{ readonly name: string; readonly version: EnforcedBlockVersion }[]> {
  const bucket = await getBucket(deps.db, actor, ref);
  if (!isPacker(client)) return listLinkedBlocks(deps.db, bucket.id);
  return deps.db.transaction().execute(async (tx) => {
    const linked = await listLinkedBlocks(tx, bucket.id);
    const given = linked.map(({ name, version }) => ({
      blockId: version.blockId,
      block: name,
      versionId: version.id,
      version: version.label,
    }));
    await insertFetch(tx, { bucketId: bucket.id, principalId: actor.id, given }, deps.now());
    return linked;
  });
}

/**
 * Packer lists the builds of its version once, when it begins: of a version that is not complete, that is written down.
 * The caller has been allowed to read it. Source: packer, internal/hcp/registry/types.bucket.go.
 */
export async function noteBuildsListed(
  deps: NoteDeps,
  actor: Actor,
  ref: OpenVersionRef,
  client: string,
): Promise<void> {
  if (isPacker(client)) await insertOpening(deps.db, ref, actor.id, deps.now());
}

/** The first build of a Packer run begins. The caller holds the lock of the bucket. */
export async function noteBuildBegun(
  tx: Tx,
  actor: Actor,
  build: Omit<BegunBuild, "principalId">,
  now: Millis,
): Promise<void> {
  const begun = { ...build, principalId: actor.id };
  if (build.packerRunUuid === "" || (await hasBegun(tx, begun))) return;
  await saveBegun(tx, begun, await listBlockMarks(tx, build.bucketId), now);
}

// A build may take long, and be taken up again after days.
const fetchesKeptMs = 30 * 86_400_000;
const openingsKeptMs = 86_400_000;

/** Forgets what no build that is still running can need. */
export async function forgetOldTraces(db: Db, now: Millis): Promise<void> {
  await deleteTraces(db, { fetches: now - fetchesKeptMs, openings: now - openingsKeptMs });
}

/** Whether what was asked at that time is still known. */
export function isRemembered(at: Millis, now: Millis): boolean {
  return at > now - fetchesKeptMs;
}
