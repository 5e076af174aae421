import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { Tx } from "../../db/database.ts";
import { insertStateVersion, replaceOutputs } from "./state-version-store.ts";
import type { StateVersion } from "./state-version.ts";
import type { StoredState } from "./stored-state.ts";

/** What a state that comes after the end of its run's lease finds. */
export interface LateStateFacts {
  readonly current: Pick<StateVersion, "id" | "serial" | "lineage" | "createdAt"> | undefined;
  /** What the run had written before; null: nothing. */
  readonly stateVersionId: string | null;
  /** When its apply began. */
  readonly startedAt: Millis;
  /** Somebody, or another run, has locked the workspace. */
  readonly isLocked: boolean;
}

/**
 * What becomes of a late state: null when it may be the workspace's current one, since nobody has written or begun anything
 * from the state before it; otherwise why not, for people. When in doubt it is kept beside the current one: a state that is
 * taken by mistake loses what another has written.
 */
export function whyNotCurrent(
  late: { readonly serial: number; readonly lineage: string },
  facts: LateStateFacts,
): string | null {
  const { current, stateVersionId, startedAt, isLocked } = facts;
  if (isLocked) return "the workspace was locked when it came";
  if (current === undefined) {
    return stateVersionId === null ? null : "the state that the run had written before is gone";
  }
  if (late.lineage !== current.lineage) return "the workspace's state has another lineage by now";
  if (current.id === stateVersionId) {
    return late.serial >= current.serial ? null : "it is older than what the run had written before";
  }
  if (stateVersionId !== null || current.createdAt >= startedAt) return "the state was changed since";
  return late.serial > current.serial ? null : "its serial does not follow that of the current state";
}

/** Keeps a state as a version of its own that is not the current one. It can be read, and made current by a rollback. */
export async function keepBeside(
  tx: Tx,
  sealer: Sealer,
  origin: Pick<StateVersion, "workspaceId" | "runId" | "createdByName">,
  state: StoredState,
  now: Millis,
): Promise<StateVersion> {
  const version: StateVersion = {
    ...origin,
    id: newExternalId("sv"),
    status: "finalized",
    intermediate: false,
    forced: false,
    serial: state.facts?.serial ?? 0,
    lineage: state.facts?.lineage ?? "",
    md5: state.md5,
    engineVersion: state.facts?.engineVersion ?? null,
    resourceCount: state.facts?.resourceCount ?? 0,
    blobKey: state.key,
    blobBytes: state.bytes,
    jsonBlobKey: null,
    sealedOutputs: null,
    createdAt: now,
    finalizedAt: now,
  };
  await insertStateVersion(tx, version);
  await replaceOutputs(tx, sealer, version.id, state.facts?.outputs ?? []);
  return version;
}
