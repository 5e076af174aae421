import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { isAmong, prepareQuery } from "../../db/prepared-query.ts";
import { selectVersions, toVersion, versionNotFound, type Version } from "../versions/index.ts";
import type { Build } from "./build.ts";
import { toBuilds, type BuildRow } from "./build-store.ts";

/** A version with all its builds and their artifacts, oldest first. */
export interface VersionContent {
  readonly version: Version;
  readonly builds: readonly Build[];
}

// One row for each artifact: of a version with one build and a few artifacts, which most are, a second statement costs
// more than the columns that come more than once. Builds are in the order of creation, which clients rely on.
function selectContents(db: Db, options: { readonly withMetadata: boolean }) {
  return selectVersions(db)
    .leftJoin("builds as b", "b.version_id", "versions.id")
    .leftJoin("artifacts as a", "a.build_id", "b.id")
    .leftJoin("versions as parent", "parent.id", "b.parent_version_id")
    .leftJoin("channels as parent_channel", "parent_channel.id", "b.parent_channel_id")
    .select([
      "b.id as b_id",
      "b.component_type as b_component_type",
      "b.packer_run_uuid as b_packer_run_uuid",
      "b.platform as b_platform",
      "b.status as b_status",
      "b.source_external_identifier as b_source",
      "b.parent_version_id as b_parent_version_id",
      "b.parent_channel_id as b_parent_channel_id",
      "b.labels as b_labels",
      "b.created_at as b_created_at",
      "b.updated_at as b_updated_at",
      "parent.id as existing_parent_id",
      "parent_channel.version_id as parent_channel_version_id",
      "a.id as artifact_id",
      "a.external_identifier",
      "a.region",
      "a.created_at as artifact_created_at",
      options.withMetadata ? "b.metadata as b_metadata" : sql<null>`null`.as("b_metadata"),
    ])
    .orderBy("b.created_at")
    .orderBy("b.id")
    .orderBy("a.created_at")
    .orderBy("a.id");
}

type ContentRow = Awaited<ReturnType<ReturnType<typeof selectContents>["execute"]>>[number];

function toBuildRow(row: ContentRow): BuildRow | undefined {
  if (row.b_id === null) return undefined;
  return {
    id: row.b_id,
    version_id: row.id,
    component_type: row.b_component_type ?? "",
    packer_run_uuid: row.b_packer_run_uuid ?? "",
    platform: row.b_platform ?? "",
    status: row.b_status ?? "",
    source_external_identifier: row.b_source ?? "",
    parent_version_id: row.b_parent_version_id,
    parent_channel_id: row.b_parent_channel_id,
    labels: row.b_labels ?? "{}",
    metadata: row.b_metadata,
    created_at: row.b_created_at ?? 0,
    updated_at: row.b_updated_at ?? 0,
    existing_parent_id: row.existing_parent_id,
    parent_channel_version_id: row.parent_channel_version_id,
    artifact_id: row.artifact_id,
    external_identifier: row.external_identifier,
    region: row.region,
    artifact_created_at: row.artifact_created_at,
  };
}

function toContent(rows: readonly [ContentRow, ...ContentRow[]]): VersionContent {
  return { version: toVersion(rows[0]), builds: toBuilds(rows.flatMap((row) => toBuildRow(row) ?? [])) };
}

/** These versions with their builds, without metadata, each under its id. One statement for every thousand. */
export async function findVersionContents(
  db: Db,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, VersionContent>> {
  const known = [...new Set(ids)].filter((id) => id !== null);
  const rowsById = new Map<string, [ContentRow, ...ContentRow[]]>();
  for (const row of await inChunks(known, (chunk) => contentsByIds(db, { ids: chunk }))) {
    const rows = rowsById.get(row.id);
    if (rows === undefined) rowsById.set(row.id, [row]);
    else rows.push(row);
  }
  return new Map([...rowsById].map(([id, rows]) => [id, toContent(rows)]));
}

const contentsByIds = prepareQuery((db, { ids }: { ids: readonly string[] }) =>
  selectContents(db, { withMetadata: false }).where(isAmong(db, "versions.id", ids)),
);

/** A version with its builds and their metadata. One statement. Errors: not_found/version_not_found. */
export async function getVersionContent(
  db: Db,
  key: { readonly bucketId: string; readonly fingerprint: string },
): Promise<VersionContent> {
  const [first, ...rest] = await contentByFingerprint(db, key);
  if (first === undefined) throw versionNotFound(key.fingerprint);
  return toContent([first, ...rest]);
}

const contentByFingerprint = prepareQuery((db, key: { bucketId: string; fingerprint: string }) =>
  selectContents(db, { withMetadata: true })
    .where("versions.bucket_id", "=", key.bucketId)
    .where("versions.fingerprint", "=", key.fingerprint),
);
