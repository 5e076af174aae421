import type { Actor } from "../access/index.ts";
import {
  findNewestConfigurationVersion,
  getConfigurationVersion,
  lockConfigurationVersion,
} from "../config-versions/index.ts";
import { isConfigurationInUse } from "../runs/index.ts";
import { getStateVersion, lockStateVersion } from "../state-versions/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { afterBackingAction, backingRefused, type BackingAction } from "../../platform/backing-data.ts";
import type { Clock } from "../../platform/clock.ts";
import { forgetBlobs, setBackingStatus, type BackedTable, type Due } from "./backing-data-store.ts";

export interface BackingDataDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly wakeJobs: () => void;
}

/** Errors: not_found/state_version_not_found, conflict/backing_data_transition. */
export async function changeStateBackingData(
  deps: BackingDataDeps,
  actor: Actor,
  id: string,
  action: BackingAction,
): Promise<void> {
  const { workspaceId } = await getStateVersion(deps.db, actor, id);
  await changeBackingData(deps, "state_versions", { id, workspaceId }, action);
}

/** Errors: not_found/configuration_version_not_found, conflict/backing_data_transition. */
export async function changeConfigurationBackingData(
  deps: BackingDataDeps,
  actor: Actor,
  id: string,
  action: BackingAction,
): Promise<void> {
  const { workspaceId } = await getConfigurationVersion(deps.db, actor, id);
  await changeBackingData(deps, "configuration_versions", { id, workspaceId }, action);
}

/** Asks nobody's permission. Errors: conflict/backing_data_transition, for what is current or still needed too. */
export async function changeBackingData(
  deps: BackingDataDeps,
  table: BackedTable,
  { id, workspaceId }: Due,
  action: BackingAction,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const workspace = await lockWorkspaceRow(tx, workspaceId);
    if (table === "state_versions" && workspace?.currentStateVersionId === id) throw backingRefused("it is current");
    const status = await lockedStatus(tx, table, id);
    if (table === "configuration_versions" && action === "soft_delete") await checkUnneeded(tx, workspaceId, id);
    const kept = table === "state_versions" ? "finalized" : "uploaded";
    const next = afterBackingAction(status, action, kept);
    await setBackingStatus(tx, table, id, next, action === "restore" ? null : deps.now());
    if (action !== "permanently_delete") return;
    await enqueueJob(tx, { kind: "remove-blobs", payload: { keys: await forgetBlobs(tx, table, id) } }, deps.now());
  });
  deps.wakeJobs();
}

async function lockedStatus(tx: Tx, table: BackedTable, id: string): Promise<string> {
  const row = table === "state_versions" ? await lockStateVersion(tx, id) : await lockConfigurationVersion(tx, id);
  return row?.status ?? "gone";
}

async function checkUnneeded(tx: Tx, workspaceId: string, id: string): Promise<void> {
  if ((await findNewestConfigurationVersion(tx, workspaceId))?.id === id) throw backingRefused("it is current");
  if (await isConfigurationInUse(tx, id)) throw backingRefused("a run that has not ended needs it");
}
