import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import {
  findCurrentStateVersion,
  insertStateVersion,
  lockStateVersion,
  updateStateVersion,
} from "./state-version-store.ts";
import type { StateVersion } from "./state-version.ts";
import { attachState, type StoredState } from "./stored-state.ts";

export interface Snapshot {
  readonly workspaceId: string;
  readonly runId: string;
  readonly createdByName: string;
  /** The run's state version so far; null before its first snapshot. */
  readonly stateVersionId: string | null;
  /** The last one of the phase. */
  readonly final: boolean;
}

/**
 * Writes what an apply has done so far into the one state version of its run, which is the workspace's current state from
 * then on. A state that equals the current one makes no new version. Returns the run's state version, and the blob that is
 * no longer needed. The caller has locked the workspace and made sure that the run still holds it.
 */
export async function saveSnapshot(
  tx: Tx,
  sealer: Sealer,
  snapshot: Snapshot,
  state: StoredState,
  now: Millis,
): Promise<{ readonly stateVersionId: string | null; readonly obsoleteKey: string | null }> {
  const existing = snapshot.stateVersionId === null ? undefined : await lockStateVersion(tx, snapshot.stateVersionId);
  if (existing === undefined) {
    const current = await findCurrentStateVersion(tx, snapshot.workspaceId);
    if (current?.md5 === state.md5) return { stateVersionId: null, obsoleteKey: state.key };
  } else if (existing.md5 === state.md5) {
    await updateStateVersion(tx, { ...existing, intermediate: !snapshot.final && existing.intermediate });
    return { stateVersionId: existing.id, obsoleteKey: state.key };
  }
  const version: StateVersion = {
    id: newExternalId("sv"),
    workspaceId: snapshot.workspaceId,
    runId: snapshot.runId,
    status: "pending",
    forced: false,
    md5: state.md5,
    engineVersion: null,
    resourceCount: 0,
    blobKey: null,
    blobBytes: null,
    jsonBlobKey: null,
    sealedOutputs: null,
    createdByName: snapshot.createdByName,
    createdAt: now,
    finalizedAt: null,
    ...existing,
    serial: state.facts?.serial ?? existing?.serial ?? 0,
    lineage: state.facts?.lineage ?? existing?.lineage ?? "",
    intermediate: !snapshot.final,
  };
  if (existing === undefined) await insertStateVersion(tx, version);
  await attachState(tx, sealer, version, state, state.facts?.outputs ?? [], now);
  return { stateVersionId: version.id, obsoleteKey: existing?.blobKey ?? null };
}

/** The apply has ended, whether or not it said so: what it wrote last is the state. */
export async function settleSnapshot(tx: Tx, stateVersionId: string): Promise<void> {
  const version = await lockStateVersion(tx, stateVersionId);
  if (version?.intermediate === true) await updateStateVersion(tx, { ...version, intermediate: false });
}
