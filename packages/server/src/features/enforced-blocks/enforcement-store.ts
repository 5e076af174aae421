import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { keyset } from "../../db/keyset.ts";
import type { BucketRef } from "../buckets/index.ts";
import type { BlockMark } from "./enforced-block.ts";
import type { EnforcementReason, EnforcementState, Fetch, PackerRun, Verdict } from "./judge-enforcement.ts";

const parseMarks = (text: string | null) => (text === null ? [] : (JSON.parse(text) as BlockMark[]));

/** A version that is being built, as callers name it. */
export interface OpenVersionRef extends BucketRef {
  readonly fingerprint: string;
}

/** Notes that a Packer run of this caller has begun. Nothing when the version is complete. One statement. */
export async function insertOpening(db: Db, ref: OpenVersionRef, principalId: string, now: Millis): Promise<void> {
  await db
    .insertInto("packer_runs")
    .columns(["id", "bucket_id", "version_id", "principal_id", "opened_at"])
    .expression((e) =>
      e
        .selectFrom("versions")
        .innerJoin("buckets", "buckets.id", "versions.bucket_id")
        .select((s) => [
          s.cast<string>(s.val(newUlid()), "text").as("id"),
          "buckets.id as bucket_id",
          "versions.id as version_id",
          s.cast<string>(s.val(principalId), "text").as("principal_id"),
          s.cast<number>(s.val(now), "bigint").as("opened_at"),
        ])
        .where("buckets.project_id", "=", ref.projectId)
        .where("buckets.name", "=", ref.name)
        .where("versions.fingerprint", "=", ref.fingerprint)
        .where("versions.number", "is", null),
    )
    .execute();
}

export async function insertFetch(
  tx: Tx,
  fetch: { readonly bucketId: string; readonly principalId: string; readonly given: readonly BlockMark[] },
  now: Millis,
): Promise<void> {
  await tx
    .insertInto("enforced_block_fetches")
    .values({
      id: newUlid(),
      bucket_id: fetch.bucketId,
      principal_id: fetch.principalId,
      fetched_at: now,
      given: JSON.stringify(fetch.given),
    })
    .execute();
}

export interface BegunBuild {
  readonly bucketId: string;
  readonly versionId: string;
  readonly principalId: string;
  readonly packerRunUuid: string;
}

export async function hasBegun(tx: Tx, build: BegunBuild): Promise<boolean> {
  const row = await tx
    .selectFrom("packer_runs")
    .select("id")
    .where("version_id", "=", build.versionId)
    .where("packer_run_uuid", "=", build.packerRunUuid)
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives the run its name: to the newest that the caller has opened for this version, or to one that nobody saw begin. */
export async function saveBegun(tx: Tx, build: BegunBuild, linked: readonly BlockMark[], now: Millis): Promise<void> {
  const opening = await tx
    .selectFrom("packer_runs")
    .select("id")
    .where("version_id", "=", build.versionId)
    .where("principal_id", "=", build.principalId)
    .where("packer_run_uuid", "is", null)
    .orderBy("opened_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const begun = { packer_run_uuid: build.packerRunUuid, running_at: now, linked: JSON.stringify(linked) };
  if (opening !== undefined) {
    await tx.updateTable("packer_runs").set(begun).where("id", "=", opening.id).execute();
    return;
  }
  await tx
    .insertInto("packer_runs")
    .values({
      id: newUlid(),
      bucket_id: build.bucketId,
      version_id: build.versionId,
      principal_id: build.principalId,
      opened_at: null,
      ...begun,
    })
    .execute();
}

/** The runs that the builds of a version name, and whether some build names none that is known. */
export async function listRunsOfVersion(
  tx: Tx,
  versionId: string,
): Promise<{ readonly runs: readonly (PackerRun & { readonly principalId: string })[]; readonly strangers: boolean }> {
  const rows = await tx
    .selectFrom("builds")
    .leftJoin("packer_runs as run", (j) =>
      j.onRef("run.version_id", "=", "builds.version_id").onRef("run.packer_run_uuid", "=", "builds.packer_run_uuid"),
    )
    .select(["run.id", "run.principal_id", "run.opened_at", "run.running_at", "run.linked"])
    .distinct()
    .where("builds.version_id", "=", versionId)
    .execute();
  return {
    runs: rows.flatMap((row) =>
      row.id === null || row.principal_id === null
        ? []
        : [{ ...toRun({ ...row, id: row.id }), principalId: row.principal_id }],
    ),
    strangers: rows.some((row) => row.id === null),
  };
}

function toRun(row: {
  id: string;
  opened_at: number | null;
  running_at: number | null;
  linked: string | null;
}): PackerRun {
  return { id: row.id, openedAt: row.opened_at, runningAt: row.running_at, linked: parseMarks(row.linked) };
}

export interface Around {
  readonly bucketId: string;
  readonly principalId: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly limit: number;
}

/** The runs that a caller opened in a bucket between two times, oldest first. */
export async function listRunsAround(tx: Tx, around: Around): Promise<PackerRun[]> {
  const rows = await tx
    .selectFrom("packer_runs")
    .select(["id", "opened_at", "running_at", "linked"])
    .where("bucket_id", "=", around.bucketId)
    .where("principal_id", "=", around.principalId)
    .where("opened_at", ">=", around.from)
    .where("opened_at", "<=", around.to)
    .orderBy("opened_at")
    .limit(around.limit)
    .execute();
  return rows.map(toRun);
}

/** What a caller asked in a bucket between two times, oldest first. */
export async function listFetchesAround(tx: Tx, around: Around): Promise<Fetch[]> {
  const rows = await tx
    .selectFrom("enforced_block_fetches")
    .select(["fetched_at", "given"])
    .where("bucket_id", "=", around.bucketId)
    .where("principal_id", "=", around.principalId)
    .where("fetched_at", ">=", around.from)
    .where("fetched_at", "<=", around.to)
    .orderBy("fetched_at")
    .orderBy("id")
    .limit(around.limit)
    .execute();
  return rows.map((row) => ({ at: row.fetched_at, given: parseMarks(row.given) }));
}

export async function insertEnforcement(tx: Tx, versionId: string, verdict: Verdict, now: Millis): Promise<void> {
  await tx
    .insertInto("version_enforcements")
    .values({
      version_id: versionId,
      state: verdict.state,
      reason: verdict.reason,
      blocks: JSON.stringify(verdict.blocks),
      decided_at: now,
    })
    .execute();
}

/** What is known of one complete version. */
export interface VersionEnforcement extends Verdict {
  readonly versionId: string;
  readonly number: number;
  readonly fingerprint: string;
  readonly decidedAt: Millis;
}

/** One page of a bucket's complete versions, newest first, as ListVersions has them. */
export async function listEnforcements(
  db: Db,
  list: {
    readonly bucketId: string;
    readonly page: KeysetPage;
    readonly fingerprint?: string;
    readonly state?: EnforcementState;
  },
): Promise<KeysetItems<VersionEnforcement>> {
  let query = db
    .selectFrom("versions")
    .innerJoin("version_enforcements as enforcement", "enforcement.version_id", "versions.id")
    .select([
      "versions.id",
      "versions.number",
      "versions.fingerprint",
      "versions.created_at",
      "enforcement.state",
      "enforcement.reason",
      "enforcement.blocks",
      "enforcement.decided_at",
    ])
    .where("versions.bucket_id", "=", list.bucketId);
  if (list.fingerprint !== undefined) query = query.where("versions.fingerprint", "=", list.fingerprint);
  if (list.state !== undefined) query = query.where("enforcement.state", "=", list.state);
  const order = { column: "versions.created_at", id: "versions.id", descending: true };
  const rows = await query.$call(keyset(order, list.page)).execute();
  const cut = cutPage(rows, list.page, (row) => [row.created_at, row.id]);
  return {
    ...cut,
    items: cut.items.map((row) => ({
      versionId: row.id,
      number: row.number ?? 0,
      fingerprint: row.fingerprint,
      state: row.state as EnforcementState,
      reason: row.reason as EnforcementReason,
      blocks: parseMarks(row.blocks),
      decidedAt: row.decided_at,
    })),
  };
}

/** Forgets questions of that time, and runs that began then and never built anything. */
export async function deleteTraces(
  db: Db,
  before: { readonly fetches: Millis; readonly openings: Millis },
): Promise<void> {
  await db.deleteFrom("enforced_block_fetches").where("fetched_at", "<", before.fetches).execute();
  await db
    .deleteFrom("packer_runs")
    .where("packer_run_uuid", "is", null)
    .where("opened_at", "<", before.openings)
    .execute();
}
