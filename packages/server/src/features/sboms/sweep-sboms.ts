import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { lockBuckets } from "../buckets/index.ts";
import { deleteUnnamedPackages, dropGonePackages } from "./package-store.ts";
import { forgetDocument, condemnLeftDocuments } from "./sbom-store.ts";

// An upload that has stored its bytes has this long to finish.
const uploadMsMax = 3_600_000;
const documentsPerCall = 50;
const packagesPerCall = 500;

/**
 * Removes the bytes of SBOMs that are gone, with their build, their version or their bucket, or that were never finished;
 * and what their bucket no longer contains. The bytes go first: a crash in between leaves a row, and the next call.
 */
export async function removeLeftDocuments(deps: {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly now: Clock;
}): Promise<void> {
  const left = await condemnLeftDocuments(deps.db, deps.now() - uploadMsMax, documentsPerCall);
  for (const document of left) await deps.blobs.remove(document.blobKey);
  for (const bucketId of new Set(left.map((document) => document.bucketId))) {
    await deps.db.transaction().execute(async (tx) => {
      // An upload holds the same lock while it links packages: none of those it has just found is dropped.
      await lockBuckets(tx, [bucketId]);
      await dropGonePackages(tx, bucketId);
      for (const { blobKey, bucketId: of } of left) if (of === bucketId) await forgetDocument(tx, blobKey);
    });
  }
}

/** Each call looks at some hundred packages more, and begins again at the end: what nothing names any more is removed. */
export function createPackageSweep(deps: { readonly db: Db; readonly now: Clock }): () => Promise<void> {
  let after = "";
  return async () => {
    after = (await deleteUnnamedPackages(deps.db, { after, limit: packagesPerCall }, deps.now())) ?? "";
  };
}
