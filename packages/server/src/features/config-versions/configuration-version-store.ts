import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { ConfigurationVersions } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { ConfigurationStatus, ConfigurationVersion } from "./configuration-version.ts";

function toConfigurationVersion(row: Selectable<ConfigurationVersions>): ConfigurationVersion {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    status: row.status as ConfigurationStatus,
    speculative: row.speculative === 1,
    provisional: row.provisional === 1,
    autoQueueRuns: row.auto_queue_runs === 1,
    source: row.source,
    error: row.error,
    errorMessage: row.error_message,
    blobKey: row.blob_key,
    createdAt: row.created_at,
    uploadedAt: row.uploaded_at,
  };
}

export async function insertConfigurationVersion(db: Db, version: ConfigurationVersion): Promise<void> {
  await db
    .insertInto("configuration_versions")
    .values({
      id: version.id,
      workspace_id: version.workspaceId,
      status: version.status,
      speculative: version.speculative ? 1 : 0,
      provisional: version.provisional ? 1 : 0,
      auto_queue_runs: version.autoQueueRuns ? 1 : 0,
      source: version.source,
      error: version.error,
      error_message: version.errorMessage,
      blob_key: version.blobKey,
      blob_bytes: null,
      created_at: version.createdAt,
      uploaded_at: version.uploadedAt,
    })
    .execute();
}

export async function findConfigurationVersion(db: Db, id: string): Promise<ConfigurationVersion | undefined> {
  const row = await db.selectFrom("configuration_versions").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toConfigurationVersion(row);
}

/** Several at once, in no order. */
export async function findConfigurationVersions(db: Db, ids: readonly string[]): Promise<ConfigurationVersion[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom("configuration_versions").selectAll().where("id", "in", ids).execute();
  return rows.map(toConfigurationVersion);
}

export async function lockConfigurationVersion(tx: Tx, id: string): Promise<ConfigurationVersion | undefined> {
  const row = await tx
    .selectFrom("configuration_versions")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toConfigurationVersion(row);
}

export async function markUploaded(
  tx: Tx,
  id: string,
  blob: { readonly key: string; readonly bytes: number },
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("configuration_versions")
    .set({ status: "uploaded", blob_key: blob.key, blob_bytes: blob.bytes, uploaded_at: now })
    .where("id", "=", id)
    .execute();
}

/** Whoever holds the row's lock is told for good: a new run waits for it. */
export async function isUsedByRun(tx: Tx, id: string): Promise<boolean> {
  const run = await tx
    .selectFrom("runs")
    .select("id")
    .where("configuration_version_id", "=", id)
    .limit(1)
    .executeTakeFirst();
  return run !== undefined;
}

/** Its bytes are removed by whoever asks for this. */
export async function markArchived(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable("configuration_versions")
    .set({ status: "archived", blob_key: null, blob_bytes: null })
    .where("id", "=", id)
    .execute();
}

/**
 * The newest of each workspace that is neither speculative nor provisional, uploaded or not: what clients call the current
 * one. One statement. Source: go-tfe configuration_version_integration_test.go.
 */
export async function listCurrentConfigurationIds(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (workspaceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("workspaces as w")
    .select((e) => [
      "w.id",
      e
        .selectFrom("configuration_versions as c")
        .select("c.id")
        .whereRef("c.workspace_id", "=", "w.id")
        .where("c.speculative", "=", 0)
        .where("c.provisional", "=", 0)
        .orderBy("c.created_at", "desc")
        .orderBy("c.id", "desc")
        .limit(1)
        .as("configuration_id"),
    ])
    .where("w.id", "in", workspaceIds)
    .execute();
  return new Map(rows.flatMap((row) => (row.configuration_id === null ? [] : [[row.id, row.configuration_id]])));
}

export async function markErrored(tx: Tx, id: string, error: string, message: string): Promise<void> {
  await tx
    .updateTable("configuration_versions")
    .set({ status: "errored", error, error_message: message })
    .where("id", "=", id)
    .execute();
}

/**
 * What a run uses when nobody names a configuration: the newest upload that is neither speculative nor still provisional.
 * A provisional one counts once a run has applied it.
 */
export async function findNewestConfigurationVersion(
  db: Db,
  workspaceId: string,
): Promise<ConfigurationVersion | undefined> {
  const row = await db
    .selectFrom("configuration_versions")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .where("status", "=", "uploaded")
    .where("speculative", "=", 0)
    .where((e) =>
      e.or([
        e("provisional", "=", 0),
        e.exists(
          e
            .selectFrom("runs")
            .select("runs.id")
            .whereRef("runs.configuration_version_id", "=", "configuration_versions.id")
            .where("runs.status", "=", "applied"),
        ),
      ]),
    )
    .orderBy("uploaded_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toConfigurationVersion(row);
}

/** Newest first. Two statements. */
export async function listConfigurationVersions(
  db: Db,
  workspaceId: string,
  page: Page,
): Promise<Paged<ConfigurationVersion>> {
  const query = db.selectFrom("configuration_versions").where("workspace_id", "=", workspaceId);
  const rows = await query
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map(toConfigurationVersion), total: Number(total) };
}

export async function listConfigurationBlobs(db: Db, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("configuration_versions")
    .select("blob_key")
    .where("workspace_id", "=", workspaceId)
    .where("blob_key", "is not", null)
    .execute();
  return rows.map((row) => row.blob_key ?? "");
}
