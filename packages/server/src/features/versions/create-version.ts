import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { eventActor, recordEvent } from "../events/index.ts";
import { describeVersion } from "./describe-version.ts";
import { parseFingerprint, type TemplateType, type Version } from "./version.ts";
import { getVersion, insertVersion } from "./version-store.ts";

/** Opens an incomplete version. Errors: not_found/bucket_not_found, invalid/fingerprint, conflict/version_exists. */
export async function createVersion(
  deps: { readonly db: Db; readonly now: Clock; readonly wakeJobs: () => void },
  actor: Actor,
  ref: BucketRef,
  content: { readonly fingerprint: string; readonly templateType: TemplateType },
): Promise<Version> {
  const fingerprint = parseFingerprint(content.fingerprint);
  const now = deps.now();
  const created = await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = { bucketId: bucket.id, fingerprint, templateType: content.templateType, author: actor.name };
    if ((await insertVersion(tx, version, now)) === undefined) {
      throw new DomainError(
        "conflict",
        "version_exists",
        `The version with fingerprint ${fingerprint} already exists in the bucket ${bucket.name}.`,
      );
    }
    const opened = await getVersion(tx, version);
    await recordEvent(
      tx,
      {
        kind: "version.created",
        organizationId: ref.organizationId,
        projectId: bucket.projectId,
        workspaceId: null,
        summary: `A version of ${bucket.name} is being built (fingerprint ${fingerprint})`,
        actorName: actor.name,
        data: { ...describeVersion(opened), ...eventActor(actor) },
      },
      now,
    );
    return opened;
  });
  deps.wakeJobs();
  return created;
}
