import type { Db } from "../../db/database.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket } from "../buckets/index.ts";
import { getVersion } from "../versions/index.ts";
import { deleteBuildRow, getBuild, type BuildRef } from "./build-store.ts";

/**
 * Removes a build with its artifacts. The version keeps its name and status, even without any build. Errors:
 * not_found/bucket_not_found, not_found/version_not_found, not_found/build_not_found.
 */
export async function deleteBuild(deps: { readonly db: Db }, actor: Actor, ref: BuildRef): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = await getVersion(tx, { bucketId: bucket.id, fingerprint: ref.fingerprint });
    const build = await getBuild(tx, { versionId: version.id, buildId: ref.buildId });
    await deleteBuildRow(tx, build.id);
  });
}
