import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { isConstraintEnabled } from "../organizations/index.ts";
import { inProject } from "../projects/index.ts";
import { parseDescription, parseLabels, parseSlug, type Bucket, type BucketRef, type Labels } from "./bucket.ts";
import { insertBucket } from "./bucket-store.ts";
import { getProjectOf, requireActiveRegistry } from "./project-registry.ts";

export interface CreateBucketDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Every bucket has the managed channel `latest` from its first moment. */
  readonly openLatestChannel: (tx: Tx, bucketId: string, now: Millis) => Promise<void>;
}

/**
 * Errors: invalid/name, invalid/description, invalid/labels, conflict/bucket_exists, not_found/project_not_found,
 * forbidden/creation_denied.
 */
export async function createBucket(
  deps: CreateBucketDeps,
  actor: Actor,
  ref: BucketRef,
  content: { readonly description?: string; readonly labels?: Labels },
): Promise<Bucket> {
  const name = parseSlug("bucket", ref.name);
  const description = parseDescription(content.description ?? "");
  const labels = parseLabels(content.labels ?? {});
  const now = deps.now();
  return deps.db.transaction().execute(async (tx) => {
    const project = await getProjectOf(tx, actor, ref);
    await requireActiveRegistry(tx, project.id);
    const content = { projectId: project.id, name, description, labels };
    const bucket = await inProject(project.id, insertBucket(tx, content, now));
    if (bucket === undefined) {
      throw new DomainError("conflict", "bucket_exists", `The bucket with identifier ${name} already exists.`);
    }
    // Asked last: a client that finds its bucket there goes on with it, whatever the organization forbids.
    if (await isConstraintEnabled(tx, ref.organizationId, "constraints/packer.deny-creation")) {
      throw new DomainError(
        "forbidden",
        "creation_denied",
        "The organization's resource control policy (constraints/packer.deny-creation) forbids new buckets. Ask an administrator of the organization to lift it.",
      );
    }
    await deps.openLatestChannel(tx, bucket.id, now);
    return bucket;
  });
}
