import type { Db } from "../../db/database.ts";
import type { KeysetItems } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getBucket } from "../buckets/index.ts";
import type { VersionRef } from "../revocation/index.ts";
import { getVersion } from "../versions/index.ts";
import type { Build } from "./build.ts";
import { getBuild, listBuildsOfVersion, type BuildRef } from "./build-store.ts";

/** One page of the version's builds, with metadata. Errors: not_found/bucket_not_found, not_found/version_not_found. */
export async function readBuilds(
  db: Db,
  actor: Actor,
  ref: VersionRef,
  list: Omit<Parameters<typeof listBuildsOfVersion>[1], "versionId">,
): Promise<KeysetItems<Build>> {
  const bucket = await getBucket(db, actor, ref);
  const version = await getVersion(db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return listBuildsOfVersion(db, { ...list, versionId: version.id });
}

/** Errors: not_found/bucket_not_found, not_found/version_not_found, not_found/build_not_found. */
export async function readBuild(db: Db, actor: Actor, ref: BuildRef): Promise<Build> {
  const bucket = await getBucket(db, actor, ref);
  const version = await getVersion(db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return getBuild(db, { versionId: version.id, buildId: ref.buildId });
}
