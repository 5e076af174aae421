import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { canSee, may, type Actor } from "../access/index.ts";
import { findParent, lockFamily, type Family } from "../ancestry/index.ts";
import { lockBucket, parseLabels, requireActiveRegistry } from "../buckets/index.ts";
import { saveBucketParents } from "../channels/index.ts";
import { noteBuildBegun } from "../enforced-blocks/index.ts";
import { inheritFromNewParent, type VersionRef } from "../revocation/index.ts";
import { getVersion, versionNotFound } from "../versions/index.ts";
import { changeBuild, parseArtifacts, parseIdentifier, parseShortText, type Build, type BuildChange } from "./build.ts";
import { beatBuild, getBuild, saveBuild, type BuildRef } from "./build-store.ts";
import { completeVersionIfDone } from "./complete-version.ts";

export interface BuildDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Called after a commit that wrote a job. */
  readonly wakeJobs: () => void;
}

/**
 * Takes in what a client says about a build: a heartbeat, a failure, or its completion with artifacts. When it was the
 * last build of its version, the version is complete before this returns. Errors: not_found/bucket_not_found,
 * not_found/version_not_found, not_found/build_not_found, not_found/parent_not_found, invalid/circular_ancestry,
 * invalid/labels, invalid/artifacts, and those of {@link changeBuild}.
 */
export async function updateBuild(deps: BuildDeps, actor: Actor, ref: BuildRef, given: BuildChange): Promise<Build> {
  const change = checkChange(given);
  const now = deps.now();
  if (isHeartbeat(change) && canSee(actor, { ...ref, bucketName: ref.name })) {
    const versionId = await beatBuild(deps.db, { ...ref, packerRunUuid: change.packerRunUuid }, now);
    if (versionId !== undefined) return getBuild(deps.db, { versionId, buildId: ref.buildId });
  }
  let wroteJob = false;
  const build = await deps.db.transaction().execute(async (tx) => {
    const family = await lockReach(tx, actor, ref, change);
    const current = await getBuild(tx, { versionId: family.version.id, buildId: ref.buildId });
    wroteJob = await applyChange(tx, actor, family, current, change, now);
    return getBuild(tx, { versionId: family.version.id, buildId: ref.buildId });
  });
  if (wroteJob) deps.wakeJobs();
  return build;
}

/** Errors: invalid/labels, invalid/artifacts, invalid/text. */
export function checkChange(change: BuildChange): BuildChange {
  if (change.platform !== undefined) parseShortText("platform", change.platform);
  if (change.sourceExternalIdentifier !== undefined) parseIdentifier(change.sourceExternalIdentifier);
  if (change.packerRunUuid !== undefined) parseShortText("Packer run UUID", change.packerRunUuid);
  if (change.labels !== undefined) parseLabels(change.labels);
  return change.artifacts === undefined ? change : { ...change, artifacts: parseArtifacts(change.artifacts) };
}

function isHeartbeat(change: BuildChange): boolean {
  const { status, packerRunUuid, ...content } = change;
  void packerRunUuid;
  return status === "running" && Object.values(content).every((member) => member === undefined);
}

/** Locks what the change may reach: the version's bucket, and its whole family when a parent is given. */
export async function lockReach(tx: Tx, actor: Actor, ref: VersionRef, change: BuildChange): Promise<Family> {
  if (change.parentVersionId !== undefined) {
    const family = await lockFamily(tx, actor, ref);
    await requireActiveRegistry(tx, family.bucket.projectId);
    return family;
  }
  const bucket = await lockBucket(tx, actor, ref);
  const version = await getVersion(tx, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return { bucket, version, descendants: [] };
}

/** Changes a build and everything that follows from it. True when a job was written. */
export async function applyChange(
  tx: Tx,
  actor: Actor,
  family: Family,
  build: Build,
  change: BuildChange,
  now: Millis,
): Promise<boolean> {
  const changed = changeBuild(build, change);
  if (!changed.differs && change.status !== "running") return false;
  const { parentVersionId, parentChannelId } = changed.build;
  const hasNewParent = parentVersionId !== build.parentVersionId || parentChannelId !== build.parentChannelId;
  if (hasNewParent && parentVersionId !== null) {
    await checkParent(tx, actor, family, { versionId: parentVersionId, channelId: parentChannelId });
  }
  await saveBuild(tx, changed, now);
  // Of the latest version, perhaps: a build that is done may still be told what it was made from.
  if (hasNewParent && family.version.number !== null) await saveBucketParents(tx, family.bucket.id);
  if (begins(build, changed.build)) {
    const { packerRunUuid } = changed.build;
    await noteBuildBegun(tx, actor, { bucketId: family.bucket.id, versionId: family.version.id, packerRunUuid }, now);
  }
  const inherited =
    hasNewParent && (await inheritFromNewParent(tx, actor, [family.version.id, ...family.descendants], now));
  if (changed.build.status !== "done" || build.status === "done") return inherited;
  // Read anew: the version may have inherited a revocation a moment ago.
  const { bucketId, fingerprint } = family.version;
  return (await completeVersionIfDone(tx, actor, await getVersion(tx, { bucketId, fingerprint }), now)) || inherited;
}

/** Under a Packer run that has not built it before. */
function begins(before: Build, after: Pick<Build, "status" | "packerRunUuid">): boolean {
  if (after.status !== "running") return false;
  return before.status !== "running" || before.packerRunUuid !== after.packerRunUuid;
}

async function checkParent(
  tx: Tx,
  actor: Actor,
  family: Family,
  parent: { readonly versionId: string; readonly channelId: string | null },
): Promise<void> {
  const found = await findParent(tx, { projectId: family.bucket.projectId, ...parent });
  // A parent that the caller may not read is none that it can have built from.
  const place = { organizationId: actor.organizationId, projectId: family.bucket.projectId };
  if (found === undefined || !may(actor, "registry:read", { ...place, bucketName: found.bucketName })) {
    throw versionNotFound(parent.versionId);
  }
  if (parent.channelId !== null && !found.channelExists) {
    throw new DomainError(
      "not_found",
      "channel_not_found",
      `The channel with identifier ${parent.channelId} does not exist.`,
    );
  }
  if (parent.versionId === family.version.id || family.descendants.includes(parent.versionId)) {
    throw new DomainError(
      "invalid",
      "circular_ancestry",
      "A version cannot be built from itself or from one of its descendants.",
    );
  }
}
