import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import { isAmong, prepareQuery } from "../../db/prepared-query.ts";
import type { Builds } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type Key, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { relationStatus } from "../ancestry/index.ts";
import type { BucketRef, Labels } from "../buckets/index.ts";
import type { BuildStatus } from "../versions/index.ts";
import {
  buildNotFound,
  type Artifact,
  type Build,
  type BuildMetadata,
  type ChangedBuild,
  type NewArtifact,
} from "./build.ts";

/** A build as callers name it. */
export interface BuildRef extends BucketRef {
  readonly fingerprint: string;
  readonly buildId: string;
}

// One row for each artifact, and one for a build without any; in the order of creation, which clients rely on: they take
// the first build that matches. Source: terraform-provider-hcp, internal/provider/packer/datasources/artifact.
function selectBuilds(db: Db, options: { readonly withMetadata: boolean }) {
  return db
    .selectFrom("builds")
    .leftJoin("artifacts", "artifacts.build_id", "builds.id")
    .leftJoin("versions as parent", "parent.id", "builds.parent_version_id")
    .leftJoin("channels as parent_channel", "parent_channel.id", "builds.parent_channel_id")
    .select([
      "builds.id",
      "builds.version_id",
      "builds.component_type",
      "builds.packer_run_uuid",
      "builds.platform",
      "builds.status",
      "builds.source_external_identifier",
      "builds.parent_version_id",
      "builds.parent_channel_id",
      "builds.labels",
      "builds.created_at",
      "builds.updated_at",
      "parent.id as existing_parent_id",
      "parent_channel.version_id as parent_channel_version_id",
      "artifacts.id as artifact_id",
      "artifacts.external_identifier",
      "artifacts.region",
      "artifacts.created_at as artifact_created_at",
      options.withMetadata ? "builds.metadata" : sql<null>`null`.as("metadata"),
    ])
    .orderBy("builds.created_at")
    .orderBy("builds.id")
    .orderBy("artifacts.created_at")
    .orderBy("artifacts.id");
}

/** A build with one of its artifacts. */
export interface BuildRow extends Omit<Builds, "beat_at"> {
  existing_parent_id: string | null;
  parent_channel_version_id: string | null;
  artifact_id: string | null;
  external_identifier: string | null;
  region: string | null;
  artifact_created_at: number | null;
}

/** Rows of one build follow each other. */
export function toBuilds(rows: readonly BuildRow[]): Build[] {
  const builds = new Map<string, Build & { artifacts: Artifact[] }>();
  for (const row of rows) {
    let build = builds.get(row.id);
    if (build === undefined) {
      build = toBuild(row);
      builds.set(row.id, build);
    }
    if (row.artifact_id !== null) {
      build.artifacts.push({
        id: row.artifact_id,
        externalIdentifier: row.external_identifier ?? "",
        region: row.region ?? "",
        createdAt: row.artifact_created_at ?? row.created_at,
      });
    }
  }
  return [...builds.values()];
}

function toBuild(row: BuildRow): Build & { artifacts: Artifact[] } {
  return {
    id: row.id,
    versionId: row.version_id,
    componentType: row.component_type,
    packerRunUuid: row.packer_run_uuid,
    platform: row.platform,
    status: row.status as BuildStatus,
    sourceExternalIdentifier: row.source_external_identifier,
    parentVersionId: row.parent_version_id,
    parentChannelId: row.parent_channel_id,
    parentStatus:
      row.parent_version_id === null
        ? null
        : relationStatus({
            parentVersionId: row.existing_parent_id,
            channelVersionId: row.parent_channel_version_id,
          }),
    labels: JSON.parse(row.labels) as Labels,
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as BuildMetadata),
    artifacts: [],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The builds of these versions with their artifacts, in the order of their creation. One statement. */
export async function listBuilds(
  db: Db,
  versionIds: readonly string[],
  options: { readonly withMetadata: boolean },
): Promise<Build[]> {
  if (versionIds.length === 0) return [];
  const listOfVersions = options.withMetadata ? listWithMetadata : listWithoutMetadata;
  return toBuilds(await listOfVersions(db, { versionIds }));
}

/** The same without metadata, under the ids of their versions. */
export async function listBuildsByVersion(
  db: Db,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Build[]>> {
  const byVersion = new Map<string, Build[]>(versionIds.map((id) => [id, []]));
  for (const build of await listBuilds(db, versionIds, { withMetadata: false })) {
    byVersion.get(build.versionId)?.push(build);
  }
  return byVersion;
}

const listWithMetadata = prepareQuery((db, { versionIds }: { versionIds: readonly string[] }) =>
  selectBuilds(db, { withMetadata: true }).where(isAmong(db, "builds.version_id", versionIds)),
);
const listWithoutMetadata = prepareQuery((db, { versionIds }: { versionIds: readonly string[] }) =>
  selectBuilds(db, { withMetadata: false }).where(isAmong(db, "builds.version_id", versionIds)),
);

export type BuildOrder = "created_at" | "updated_at" | "component_type" | "platform" | "status";

/** One page of a version's builds, with their artifacts and metadata. One statement. */
export async function listBuildsOfVersion(
  db: Db,
  list: {
    readonly versionId: string;
    readonly page: KeysetPage;
    readonly sorting: readonly { readonly field: BuildOrder; readonly descending: boolean }[];
  },
): Promise<KeysetItems<Build>> {
  const onPage = keyset({ by: sortedColumns("builds", list.sorting), id: "builds.id" }, list.page);
  const rows = await selectBuilds(db, { withMetadata: true })
    .where("builds.id", "in", (e) =>
      e.selectFrom("builds").select("builds.id").where("builds.version_id", "=", list.versionId).$call(onPage),
    )
    .clearOrderBy()
    .$call(onPage)
    .clearLimit()
    .orderBy("artifacts.created_at")
    .orderBy("artifacts.id")
    .execute();
  const places = new Map(rows.map((row) => [row.id, keyOf(row, list.sorting)]));
  return cutPage(toBuilds(rows), list.page, (build) => places.get(build.id) as Key);
}

/** With its metadata. Errors: not_found/build_not_found. */
export async function getBuild(db: Db, key: { readonly versionId: string; readonly buildId: string }): Promise<Build> {
  const [build] = toBuilds(await findById(db, key));
  if (build === undefined) throw buildNotFound(key.buildId);
  return build;
}

const findById = prepareQuery((db, key: { versionId: string; buildId: string }) =>
  selectBuilds(db, { withMetadata: true })
    .where("builds.id", "=", key.buildId)
    .where("builds.version_id", "=", key.versionId),
);

/** Opens a build that nothing is known of. Undefined when the version has one of this component already. */
export async function insertBuild(
  tx: Tx,
  build: { readonly versionId: string; readonly componentType: string },
  now: Millis,
): Promise<string | undefined> {
  const row = await tx
    .insertInto("builds")
    .values({
      id: newUlid(),
      version_id: build.versionId,
      component_type: build.componentType,
      packer_run_uuid: "",
      platform: "",
      status: "unset",
      source_external_identifier: "",
      parent_version_id: null,
      parent_channel_id: null,
      labels: "{}",
      metadata: null,
      beat_at: now,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.columns(["version_id", "component_type"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** Writes what became of a build and of its artifacts. */
export async function saveBuild(tx: Tx, changed: ChangedBuild, now: Millis): Promise<void> {
  const { build } = changed;
  await tx
    .updateTable("builds")
    .set({
      packer_run_uuid: build.packerRunUuid,
      platform: build.platform,
      status: build.status,
      source_external_identifier: build.sourceExternalIdentifier,
      parent_version_id: build.parentVersionId,
      parent_channel_id: build.parentChannelId,
      labels: JSON.stringify(build.labels),
      metadata: build.metadata === null ? null : JSON.stringify(build.metadata),
      beat_at: now,
      ...(changed.differs ? { updated_at: now } : {}),
    })
    .where("id", "=", build.id)
    .execute();
  if (changed.losesArtifacts) await tx.deleteFrom("artifacts").where("build_id", "=", build.id).execute();
  await insertArtifacts(tx, build.id, changed.newArtifacts, now);
}

async function insertArtifacts(tx: Tx, buildId: string, artifacts: readonly NewArtifact[], now: Millis): Promise<void> {
  if (artifacts.length === 0) return;
  await tx
    .insertInto("artifacts")
    .values(
      artifacts.map((artifact) => ({
        id: newUlid(),
        build_id: buildId,
        external_identifier: artifact.externalIdentifier,
        region: artifact.region,
        created_at: now,
      })),
    )
    .execute();
}

/**
 * Notes that the Packer of a running build is alive, in one statement and without any other lock than that of the row.
 * False when the build is not running, or runs under another Packer; then the caller goes the long way.
 */
export async function beatBuild(
  db: Db,
  ref: BuildRef & { readonly packerRunUuid: string | undefined },
  now: Millis,
): Promise<string | undefined> {
  let query = db
    .updateTable("builds")
    .set({ beat_at: now })
    .where("id", "=", ref.buildId)
    .where("status", "=", "running")
    .where("version_id", "in", (e) =>
      e
        .selectFrom("versions")
        .innerJoin("buckets", "buckets.id", "versions.bucket_id")
        .innerJoin("projects", "projects.id", "buckets.project_id")
        .select("versions.id")
        .where("versions.fingerprint", "=", ref.fingerprint)
        .where("buckets.name", "=", ref.name)
        .where("projects.id", "=", ref.projectId)
        .where("projects.organization_id", "=", ref.organizationId),
    );
  if (ref.packerRunUuid !== undefined) query = query.where("packer_run_uuid", "=", ref.packerRunUuid);
  const row = await query.returning("version_id").executeTakeFirst();
  return row?.version_id;
}

/** How many builds the version has, and how many of them are not done. */
export async function countBuilds(
  db: Db,
  versionId: string,
): Promise<{ readonly total: number; readonly unfinished: number }> {
  const row = await db
    .selectFrom("builds")
    .select((e) => [
      e.fn.countAll<number>().as("total"),
      sql<number>`coalesce(sum(case when status = 'done' then 0 else 1 end), 0)`.as("unfinished"),
    ])
    .where("version_id", "=", versionId)
    .executeTakeFirstOrThrow();
  return { total: Number(row.total), unfinished: Number(row.unfinished) };
}

export async function deleteBuildRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("builds").where("id", "=", id).execute();
}

/** A build and where it belongs, as a trail names them. */
export interface BuildWithPlace {
  readonly id: string;
  readonly component_type: string;
  readonly bucket: string;
  readonly fingerprint: string;
  readonly project_id: string;
  readonly organization_id: string;
}

/** Some hundred at most. */
export async function listBuildPlaces(db: Db, ids: readonly string[]): Promise<BuildWithPlace[]> {
  return db
    .selectFrom("builds")
    .innerJoin("versions", "versions.id", "builds.version_id")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .innerJoin("projects", "projects.id", "buckets.project_id")
    .select([
      "builds.id",
      "builds.component_type",
      "buckets.name as bucket",
      "versions.fingerprint",
      "projects.id as project_id",
      "projects.organization_id",
    ])
    .where("builds.id", "in", ids)
    .execute();
}

/** Cancels running builds that were last heard of before `silentSince`, at most `limit`. Returns their ids. */
export async function cancelBuildsSilentSince(
  tx: Tx,
  silentSince: Millis,
  options: { readonly limit: number; readonly now: Millis },
): Promise<string[]> {
  const rows = await tx
    .updateTable("builds")
    .set({ status: "cancelled", updated_at: options.now })
    .where("id", "in", (e) =>
      e
        .selectFrom("builds")
        .select("id")
        .where("status", "=", "running")
        .where("beat_at", "<", silentSince)
        .orderBy("beat_at")
        .limit(options.limit),
    )
    // Again: a heartbeat or a completion may have come between the choice and the lock of the row.
    .where("status", "=", "running")
    .where("beat_at", "<", silentSince)
    .returning("id")
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) await tx.deleteFrom("artifacts").where("build_id", "in", ids).execute();
  return ids;
}
