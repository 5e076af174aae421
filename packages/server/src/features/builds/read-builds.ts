import type { Db } from "../../db/database.ts";
import type { Actor } from "../access/index.ts";
import { getBucket } from "../buckets/index.ts";
import type { VersionRef } from "../revocation/index.ts";
import { getVersion } from "../versions/index.ts";
import type { Build } from "./build.ts";
import { getBuild, listBuilds, type BuildRef } from "./build-store.ts";

/** Every build of the version, oldest first, with metadata. Errors: not_found/bucket_not_found, not_found/version_not_found. */
export async function readBuilds(db: Db, actor: Actor, ref: VersionRef): Promise<Build[]> {
  const bucket = await getBucket(db, actor, ref);
  const version = await getVersion(db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return listBuilds(db, [version.id], { withMetadata: true });
}

/** Errors: not_found/bucket_not_found, not_found/version_not_found, not_found/build_not_found. */
export async function readBuild(db: Db, actor: Actor, ref: BuildRef): Promise<Build> {
  const bucket = await getBucket(db, actor, ref);
  const version = await getVersion(db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return getBuild(db, { versionId: version.id, buildId: ref.buildId });
}
