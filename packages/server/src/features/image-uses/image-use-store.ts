import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { ImageReference } from "./find-references.ts";
import type { TrackedImage } from "./tracked-image.ts";

export interface NewUses {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly stateVersionId: string;
  readonly references: readonly ImageReference[];
  readonly images: ReadonlyMap<string, TrackedImage>;
}

const rowsAtOnce = 200;

/** Makes these the workspace's uses. A use that was there before keeps the time it was first seen. */
export async function replaceImageUses(tx: Tx, uses: NewUses, now: Millis): Promise<void> {
  const keyOf = (use: { resource: string; attribute: string; identifier: string }): string =>
    JSON.stringify([use.resource, use.attribute, use.identifier]);
  const before = await tx
    .selectFrom("image_uses")
    .select(["resource", "attribute", "external_identifier as identifier", "first_seen_at"])
    .where("workspace_id", "=", uses.workspaceId)
    .execute();
  const seen = new Map(before.map((row) => [keyOf(row), row.first_seen_at]));
  await tx.deleteFrom("image_uses").where("workspace_id", "=", uses.workspaceId).execute();
  const rows = uses.references.map((reference) => {
    const image = uses.images.get(reference.identifier);
    return {
      id: newUlid(),
      organization_id: uses.organizationId,
      workspace_id: uses.workspaceId,
      state_version_id: uses.stateVersionId,
      resource: reference.resource,
      attribute: reference.attribute,
      external_identifier: reference.identifier,
      version_id: image?.versionId ?? null,
      bucket_id: image?.bucketId ?? null,
      bucket_name: image?.bucketName ?? null,
      version_name: image?.versionName ?? null,
      first_seen_at: seen.get(keyOf(reference)) ?? now,
    };
  });
  for (let i = 0; i < rows.length; i += rowsAtOnce) {
    await tx
      .insertInto("image_uses")
      .values(rows.slice(i, i + rowsAtOnce))
      .execute();
  }
}
