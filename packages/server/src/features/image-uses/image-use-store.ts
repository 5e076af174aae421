import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { ImageReference } from "./find-references.ts";
import { statusOfUse, type ImageUse } from "./image-use.ts";
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

export interface ImageUseFilter {
  readonly organizationId: string;
  /** Null: every project. */
  readonly projectId: string | null;
  readonly workspaceId?: string;
  /** Uses of this image and of everything that descends from it. */
  readonly bucketName?: string;
  /** Narrows `bucketName` to one version, `v3`. */
  readonly versionName?: string;
  readonly identifier?: string;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

// An image with more descendants than this needs a narrower question; the list says so instead of lying by omission.
const lineageMax = 10_000;

/**
 * A page of uses in the order of workspace, resource and attribute, in at most three statements. It joins the registry's
 * tables, since one statement must page over uses and know their versions. Errors: invalid/lineage_too_large.
 */
export async function listImageUses(
  db: Db,
  filter: ImageUseFilter,
  now: Millis,
): Promise<{ uses: ImageUse[]; next: string | null }> {
  const lineage = filter.bucketName === undefined ? undefined : await listLineage(db, filter, filter.bucketName);
  let query = db
    .selectFrom("image_uses as u")
    .innerJoin("workspaces as w", "w.id", "u.workspace_id")
    .leftJoin("versions as v", "v.id", "u.version_id")
    .leftJoin("channels as latest", (join) =>
      join.onRef("latest.bucket_id", "=", "u.bucket_id").on("latest.name", "=", "latest"),
    )
    .select([
      "u.workspace_id",
      "w.name as workspace_name",
      "u.resource",
      "u.attribute",
      "u.external_identifier",
      "u.version_id",
      "u.bucket_id",
      "u.bucket_name",
      "u.version_name",
      "u.first_seen_at",
      "v.id as existing_version_id",
      "v.fingerprint",
      "v.revoke_at",
      "latest.version_id as latest_version_id",
    ])
    .where("u.organization_id", "=", filter.organizationId)
    .orderBy("u.workspace_id")
    .orderBy("u.resource")
    .orderBy("u.attribute")
    .orderBy("u.external_identifier")
    .limit(filter.limit + 1);
  if (filter.projectId !== null) query = query.where("w.project_id", "=", filter.projectId);
  if (filter.workspaceId !== undefined) query = query.where("u.workspace_id", "=", filter.workspaceId);
  if (filter.identifier !== undefined) query = query.where("u.external_identifier", "=", filter.identifier);
  if (lineage !== undefined) {
    if (lineage.size === 0) return { uses: [], next: null };
    query = query.where("u.version_id", "in", [...lineage.keys()]);
  }
  if (filter.after !== undefined) {
    const [workspaceId, resource, attribute, identifier] = decodeCursor(filter.after);
    query = query.where(
      sql<boolean>`(u.workspace_id, u.resource, u.attribute, u.external_identifier) > (${workspaceId}, ${resource}, ${attribute}, ${identifier})`,
    );
  }
  const rows = await query.execute();
  const page = rows.slice(0, filter.limit);
  const followed = await listFollowedChannels(db, [...new Set(page.map((row) => row.workspace_id))]);
  const uses = page.map((row): ImageUse => {
    const channels = followed.get(`${row.workspace_id}\n${row.bucket_id}`) ?? [
      { name: "latest", versionId: row.latest_version_id },
    ];
    const root = row.version_id === null ? undefined : lineage?.get(row.version_id);
    return {
      workspaceId: row.workspace_id,
      workspaceName: row.workspace_name,
      resource: row.resource,
      attribute: row.attribute,
      externalIdentifier: row.external_identifier,
      bucketName: row.bucket_name,
      versionName: row.version_name,
      fingerprint: row.fingerprint,
      status: statusOfUse(
        {
          recordedVersionId: row.version_id,
          versionExists: row.existing_version_id !== null,
          revokeAt: row.revoke_at,
          channelVersionIds: channels.flatMap((channel) => (channel.versionId === null ? [] : [channel.versionId])),
        },
        now,
      ),
      channelName: row.version_id === null ? null : (channels[0]?.name ?? null),
      descendsFrom:
        root === undefined || root.depth === 0 ? null : { bucketName: root.bucketName, versionName: root.versionName },
      firstSeenAt: row.first_seen_at,
    };
  });
  const last = page.at(-1);
  const next =
    rows.length > filter.limit && last !== undefined
      ? encodeCursor([last.workspace_id, last.resource, last.attribute, last.external_identifier])
      : null;
  return { uses, next };
}

interface Root {
  readonly bucketName: string;
  readonly versionName: string;
  readonly depth: number;
}

/** The versions of a bucket and their descendants, each with the nearest root it comes from. */
async function listLineage(db: Db, filter: ImageUseFilter, bucketName: string): Promise<Map<string, Root>> {
  const number =
    filter.versionName === undefined ? undefined : Number(/^v(\d+)$/.exec(filter.versionName)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return new Map();
  const rows = await db
    .withRecursive("lineage", (cte) => {
      let roots = cte
        .selectFrom("versions as v")
        .innerJoin("buckets as b", "b.id", "v.bucket_id")
        .innerJoin("projects as p", "p.id", "b.project_id")
        .select(["v.id as id", "v.number as root_number", sql<number>`0`.as("depth")])
        .where("p.organization_id", "=", filter.organizationId)
        .where("b.name", "=", bucketName);
      if (filter.projectId !== null) roots = roots.where("p.id", "=", filter.projectId);
      if (number !== undefined) roots = roots.where("v.number", "=", number);
      return roots.union(
        cte
          .selectFrom("lineage as l")
          .innerJoin("builds as child", "child.parent_version_id", "l.id")
          .select(["child.version_id as id", "l.root_number", sql<number>`l.depth + 1`.as("depth")])
          // Ancestry has no cycles; the bound keeps a damaged database from running for ever.
          .where("l.depth", "<", 100),
      );
    })
    .selectFrom("lineage")
    .select(["id", "root_number", "depth"])
    .orderBy("depth")
    .limit(lineageMax + 1)
    .execute();
  if (rows.length > lineageMax) {
    throw new DomainError(
      "invalid",
      "lineage_too_large",
      `${bucketName} has too many descendants to list; name one version, such as v3.`,
    );
  }
  const lineage = new Map<string, Root>();
  for (const row of rows) {
    if (!lineage.has(row.id))
      lineage.set(row.id, { bucketName, versionName: `v${row.root_number ?? 0}`, depth: Number(row.depth) });
  }
  return lineage;
}

/** Keyed by workspace and bucket. */
async function listFollowedChannels(
  db: Db,
  workspaceIds: readonly string[],
): Promise<Map<string, { name: string; versionId: string | null }[]>> {
  const followed = new Map<string, { name: string; versionId: string | null }[]>();
  if (workspaceIds.length === 0) return followed;
  const rows = await db
    .selectFrom("channel_followers as f")
    .innerJoin("channels as c", "c.id", "f.channel_id")
    .select(["f.workspace_id", "c.bucket_id", "c.name", "c.version_id"])
    .where("f.workspace_id", "in", workspaceIds)
    .orderBy("c.name")
    .execute();
  for (const row of rows) {
    const key = `${row.workspace_id}\n${row.bucket_id}`;
    const channels = followed.get(key) ?? [];
    channels.push({ name: row.name, versionId: row.version_id });
    followed.set(key, channels);
  }
  return followed;
}

type Cursor = readonly [string, string, string, string];

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function decodeCursor(text: string): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === 4 && value.every((part) => typeof part === "string"))
      return value as unknown as Cursor;
  } catch {
    // Falls through: any text that is not a cursor gets the same answer.
  }
  throw new DomainError("invalid", "bad_cursor", "`after` is not the `next` of an earlier page.");
}
