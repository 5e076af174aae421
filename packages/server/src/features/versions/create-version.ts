import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { parseFingerprint, type TemplateType, type Version } from "./version.ts";
import { getVersion, insertVersion } from "./version-store.ts";

/** Opens an incomplete version. Errors: not_found/bucket_not_found, invalid/fingerprint, conflict/version_exists. */
export async function createVersion(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  ref: BucketRef,
  content: { readonly fingerprint: string; readonly templateType: TemplateType },
): Promise<Version> {
  const fingerprint = parseFingerprint(content.fingerprint);
  return deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = { bucketId: bucket.id, fingerprint, templateType: content.templateType, author: actor.name };
    if ((await insertVersion(tx, version, deps.now())) === undefined) {
      throw new DomainError(
        "conflict",
        "version_exists",
        `The version with fingerprint ${fingerprint} already exists in the bucket ${bucket.name}.`,
      );
    }
    return getVersion(tx, version);
  });
}
