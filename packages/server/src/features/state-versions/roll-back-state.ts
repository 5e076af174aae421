import { isDeepStrictEqual } from "node:util";
import type { Actor } from "../access/index.ts";
import { findWorkspace, lockWorkspaceRow, visibleWorkspace } from "../workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { checkHolds, type StateVersionDeps } from "./create-state-version.ts";
import { readState } from "./read-state.ts";
import { findCurrentStateVersion, findStateVersion, insertStateVersion } from "./state-version-store.ts";
import { stateVersionNotFound, type StateVersion } from "./state-version.ts";
import { attachState, storeState } from "./stored-state.ts";

/**
 * Makes an older state the current one again: as a new version, with the serial after the current one's, so that clients go
 * on from it. The caller holds the workspace's lock and keeps it. Errors: conflict/workspace_not_locked,
 * not_found/state_version_not_found, not_found/workspace_not_found, invalid/state_not_readable, conflict/state_serial.
 */
export async function rollBackState(
  deps: StateVersionDeps,
  actor: Actor,
  workspaceId: string,
  stateVersionId: string,
): Promise<StateVersion> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const wanted = await findStateVersion(deps.db, stateVersionId);
  if (wanted?.workspaceId !== workspaceId) throw stateVersionNotFound();
  const { bytes } = await readState(deps, wanted.id);
  const serial = ((await findCurrentStateVersion(deps.db, workspaceId))?.serial ?? wanted.serial) + 1;
  const stored = await storeState(deps, workspaceId, withSerial(bytes, serial));
  let kept = false;
  try {
    const version = await deps.db.transaction().execute(async (tx) => {
      checkHolds(actor, visibleWorkspace(actor, await lockWorkspaceRow(tx, workspaceId)));
      if ((await findCurrentStateVersion(tx, workspaceId))?.serial !== serial - 1) {
        throw new DomainError("conflict", "state_serial", "The state was changed meanwhile. Try again.");
      }
      const next: StateVersion = {
        ...wanted,
        id: newExternalId("sv"),
        runId: null,
        status: "pending",
        intermediate: false,
        forced: false,
        serial,
        jsonBlobKey: null,
        sealedOutputs: null,
        createdByName: actor.name,
        createdAt: deps.now(),
        finalizedAt: null,
      };
      await insertStateVersion(tx, next);
      await deps.discardSavedPlans(tx, workspaceId);
      return attachState(tx, deps.sealer, next, stored, stored.facts?.outputs ?? [], deps.now());
    });
    kept = true;
    deps.wakeJobs();
    return version;
  } finally {
    if (!kept) await deps.blobs.remove(stored.key);
  }
}

/**
 * The state with another serial, byte for byte the same otherwise: numbers in it may be larger than JavaScript can hold.
 * Errors: invalid/state_not_readable, for states that are encrypted or not states at all.
 */
export function withSerial(bytes: Uint8Array, serial: number): Buffer {
  const text = Buffer.from(bytes).toString("utf8");
  const changed = text.replace(/("serial"\s*:\s*)\d+/, (_, name: string) => name + String(serial));
  if (!isSameBut(text, changed, serial)) {
    throw new DomainError(
      "invalid",
      "state_not_readable",
      "The server cannot give this state another serial: it is encrypted, or no state. Pull it and push it with the command line.",
    );
  }
  return Buffer.from(changed);
}

function isSameBut(text: string, changed: string, serial: number): boolean {
  try {
    const before = JSON.parse(text) as Record<string, unknown>;
    const after = JSON.parse(changed) as Record<string, unknown>;
    return before["encrypted_data"] === undefined && isDeepStrictEqual({ ...before, serial }, after);
  } catch {
    return false;
  }
}
