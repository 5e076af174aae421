import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { StateVersions } from "../../db/schema.gen.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { StateOutput } from "./state-file.ts";
import type { StateVersion, StateVersionStatus, StoredOutput } from "./state-version.ts";

function toStateVersion(row: Selectable<StateVersions>): StateVersion {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    runId: row.run_id,
    status: row.status as StateVersionStatus,
    intermediate: row.intermediate === 1,
    forced: row.forced === 1,
    serial: row.serial,
    lineage: row.lineage,
    md5: row.md5,
    engineVersion: row.engine_version,
    resourceCount: row.resource_count,
    blobKey: row.blob_key,
    blobBytes: row.blob_bytes,
    jsonBlobKey: row.json_blob_key,
    sealedOutputs: row.sealed_outputs,
    createdByName: row.created_by_name,
    createdAt: row.created_at,
    finalizedAt: row.finalized_at,
  };
}

function toColumns(version: StateVersion) {
  return {
    run_id: version.runId,
    status: version.status,
    intermediate: version.intermediate ? 1 : 0,
    forced: version.forced ? 1 : 0,
    serial: version.serial,
    lineage: version.lineage,
    md5: version.md5,
    engine_version: version.engineVersion,
    resource_count: version.resourceCount,
    blob_key: version.blobKey,
    blob_bytes: version.blobBytes,
    json_blob_key: version.jsonBlobKey,
    sealed_outputs: version.sealedOutputs,
    created_by_name: version.createdByName,
    created_at: version.createdAt,
    finalized_at: version.finalizedAt,
  };
}

export async function insertStateVersion(tx: Tx, version: StateVersion): Promise<void> {
  await tx
    .insertInto("state_versions")
    .values({ id: version.id, workspace_id: version.workspaceId, created_by_id: null, ...toColumns(version) })
    .execute();
}

export async function updateStateVersion(tx: Tx, version: StateVersion): Promise<void> {
  await tx.updateTable("state_versions").set(toColumns(version)).where("id", "=", version.id).execute();
}

export async function findStateVersion(db: Db, id: string): Promise<StateVersion | undefined> {
  const row = await db.selectFrom("state_versions").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toStateVersion(row);
}

/** In any order; those that do not exist are absent. */
export async function listStateVersionsById(db: Db, ids: readonly string[]): Promise<StateVersion[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom("state_versions").selectAll().where("id", "in", ids).execute();
  return rows.map(toStateVersion);
}

export async function lockStateVersion(tx: Tx, id: string): Promise<StateVersion | undefined> {
  const row = await tx
    .selectFrom("state_versions")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toStateVersion(row);
}

/** The newest state that has its bytes, finished or still being written by an apply. */
export async function findCurrentStateVersion(db: Db, workspaceId: string): Promise<StateVersion | undefined> {
  const row = await db
    .selectFrom("state_versions")
    .innerJoin("workspaces", "workspaces.current_state_version_id", "state_versions.id")
    .selectAll("state_versions")
    .where("workspaces.id", "=", workspaceId)
    .executeTakeFirst();
  return row && toStateVersion(row);
}

/** The one that a repeated request means: same serial, same bytes, not discarded. */
export async function findSameStateVersion(
  db: Db,
  workspaceId: string,
  serial: number,
  md5: string,
): Promise<StateVersion | undefined> {
  const row = await db
    .selectFrom("state_versions")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .where("serial", "=", serial)
    .where("md5", "=", md5)
    .where("status", "!=", "discarded")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toStateVersion(row);
}

/** The newest state version whose bytes are still awaited. */
export async function findPendingStateVersion(db: Db, workspaceId: string): Promise<StateVersion | undefined> {
  const row = await db
    .selectFrom("state_versions")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .where("status", "=", "pending")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toStateVersion(row);
}

/** Gives up on uploads that never came. */
export async function discardPendingStateVersions(tx: Tx, workspaceId: string): Promise<void> {
  await tx
    .updateTable("state_versions")
    .set({ status: "discarded", sealed_outputs: null })
    .where("workspace_id", "=", workspaceId)
    .where("status", "=", "pending")
    .execute();
}

/** Newest first, those that were never finished left out. Two statements. */
export async function listStateVersions(db: Db, workspaceId: string, page: Page): Promise<Paged<StateVersion>> {
  const query = db
    .selectFrom("state_versions")
    .where("workspace_id", "=", workspaceId)
    .where("status", "!=", "discarded");
  const rows = await query
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("serial", "desc")
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map(toStateVersion), total: Number(total) };
}

/** Puts these in the place of the outputs that the state version had. */
export async function replaceOutputs(
  tx: Tx,
  sealer: Sealer,
  stateVersionId: string,
  outputs: readonly StateOutput[],
): Promise<void> {
  await tx.deleteFrom("state_version_outputs").where("state_version_id", "=", stateVersionId).execute();
  const rows = outputs.map((output) => {
    const id = newExternalId("wsout");
    return {
      id,
      state_version_id: stateVersionId,
      name: output.name,
      sensitive: output.sensitive ? 1 : 0,
      detailed_type: JSON.stringify(output.detailedType),
      sealed_value: sealText(sealer, JSON.stringify(output.value), contextOf(id)),
    };
  });
  // Few parameters a statement: SQLite allows 32 766 of them.
  for (let i = 0; i < rows.length; i += 500) {
    await tx
      .insertInto("state_version_outputs")
      .values(rows.slice(i, i + 500))
      .execute();
  }
}

function contextOf(outputId: string): string {
  return `state-output:${outputId}`;
}

interface OutputRow {
  id: string;
  name: string;
  sensitive: number;
  detailed_type: string;
  sealed_value: string;
}

function toOutput(sealer: Sealer, row: OutputRow): StoredOutput {
  return {
    id: row.id,
    name: row.name,
    sensitive: row.sensitive === 1,
    detailedType: JSON.parse(row.detailed_type) as unknown,
    value: JSON.parse(openText(sealer, row.sealed_value, contextOf(row.id))) as unknown,
  };
}

/** All outputs of a state version, by name. */
export async function listOutputs(db: Db, sealer: Sealer, stateVersionId: string): Promise<StoredOutput[]> {
  const rows = await db
    .selectFrom("state_version_outputs")
    .selectAll()
    .where("state_version_id", "=", stateVersionId)
    .orderBy("name")
    .execute();
  return rows.map((row) => toOutput(sealer, row));
}

/** The outputs of several state versions at once, by name. One statement. */
export async function listOutputsOf(
  db: Db,
  sealer: Sealer,
  stateVersionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredOutput[]>> {
  const outputs = new Map<string, StoredOutput[]>(stateVersionIds.map((id) => [id, []]));
  if (stateVersionIds.length === 0) return outputs;
  const rows = await db
    .selectFrom("state_version_outputs")
    .selectAll()
    .where("state_version_id", "in", stateVersionIds)
    .orderBy("name")
    .execute();
  for (const row of rows) outputs.get(row.state_version_id)?.push(toOutput(sealer, row));
  return outputs;
}

/** With the workspace it belongs to, which decides who may see it. */
export async function findOutput(
  db: Db,
  sealer: Sealer,
  id: string,
): Promise<{ readonly output: StoredOutput; readonly workspaceId: string } | undefined> {
  const row = await db
    .selectFrom("state_version_outputs")
    .innerJoin("state_versions", "state_versions.id", "state_version_outputs.state_version_id")
    .selectAll("state_version_outputs")
    .select("state_versions.workspace_id")
    .where("state_version_outputs.id", "=", id)
    .executeTakeFirst();
  return row && { output: toOutput(sealer, row), workspaceId: row.workspace_id };
}

export async function countStateVersionsOfRun(db: Db, runId: string): Promise<number> {
  const { count } = await db
    .selectFrom("state_versions")
    .select((e) => e.fn.countAll().as("count"))
    .where("run_id", "=", runId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function listStateBlobs(db: Db, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("state_versions")
    .select(["blob_key", "json_blob_key"])
    .where("workspace_id", "=", workspaceId)
    .execute();
  return rows.flatMap((row) => [row.blob_key, row.json_blob_key].filter((key) => key !== null));
}
