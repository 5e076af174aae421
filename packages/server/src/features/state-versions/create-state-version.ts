import type { Actor } from "../access/index.ts";
import {
  describeLock,
  findWorkspace,
  lockWorkspaceRow,
  visibleWorkspace,
  type Workspace,
} from "../workspaces/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import { md5Of, parseJsonOutputs, type StateOutput } from "./state-file.ts";
import {
  discardPendingStateVersions,
  findCurrentStateVersion,
  findSameStateVersion,
  findStateVersion,
  insertStateVersion,
  lockStateVersion,
  updateStateVersion,
} from "./state-version-store.ts";
import { checkFollows, stateVersionNotFound, type StateVersion } from "./state-version.ts";
import { attachState, storeState } from "./stored-state.ts";

export interface StateVersionDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
  readonly now: Clock;
  /** Tells the job worker that a job was written. */
  readonly wakeJobs: () => void;
  /** Ends the saved plans of the workspace: they were made from another state. */
  readonly discardSavedPlans: (tx: Tx, workspaceId: string) => Promise<void>;
}

export interface NewStateVersion {
  readonly serial: number;
  readonly lineage: string;
  readonly md5: string;
  readonly force: boolean;
  readonly runId: string | null;
  /** JSON, as the client sent it. */
  readonly jsonOutputs: string | undefined;
  /** The bytes themselves; without them they are uploaded later. */
  readonly state: Uint8Array | undefined;
}

/**
 * Announces a state, or takes it at once. Repeating a request under the same lock gives the version that answered it: clients
 * retry. Errors: conflict/workspace_not_locked, conflict/state_lineage, conflict/state_serial, invalid/state_md5,
 * not_found/workspace_not_found.
 */
export async function createStateVersion(
  deps: StateVersionDeps,
  actor: Actor,
  workspaceId: string,
  input: NewStateVersion,
): Promise<StateVersion> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  if (input.state !== undefined && md5Of(input.state) !== input.md5) throw wrongMd5();
  const outputs = input.jsonOutputs === undefined ? undefined : parseJsonOutputs(input.jsonOutputs);
  const stored = input.state === undefined ? undefined : await storeState(deps, workspaceId, input.state);

  let kept = false;
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, workspaceId));
      checkHolds(actor, workspace);
      const current = await findCurrentStateVersion(tx, workspaceId);
      checkFollows(input, current, input.force);
      const same = await findSameStateVersion(tx, workspaceId, input.serial, input.md5);
      if (same !== undefined && isRepetition(workspace, same, current, stored !== undefined)) return same;
      await discardPendingStateVersions(tx, workspaceId);
      const id = newExternalId("sv");
      const version: StateVersion = {
        id,
        workspaceId,
        runId: input.runId,
        status: "pending",
        intermediate: false,
        forced: input.force,
        serial: input.serial,
        lineage: input.lineage,
        md5: input.md5,
        engineVersion: null,
        resourceCount: 0,
        blobKey: null,
        blobBytes: null,
        jsonBlobKey: null,
        sealedOutputs:
          outputs === undefined ? null : sealText(deps.sealer, JSON.stringify(outputs), announcedContext(id)),
        createdByName: actor.name,
        createdAt: deps.now(),
        finalizedAt: null,
      };
      await insertStateVersion(tx, version);
      if (stored === undefined) return version;
      await deps.discardSavedPlans(tx, workspaceId);
      const known = stored.facts?.outputs ?? outputs ?? [];
      kept = true;
      return attachState(tx, deps.sealer, version, stored, known, deps.now());
    });
  } catch (error) {
    kept = false;
    throw error;
  } finally {
    if (stored !== undefined && !kept) await deps.blobs.remove(stored.key);
    deps.wakeJobs();
  }
}

/**
 * A retry comes under the lock under which the first request was answered. The same bytes under another lock are another
 * version. Source: go-tfe, TestStateVersions_ManageBackingData.
 */
function isRepetition(
  { lock }: Workspace,
  same: StateVersion,
  current: StateVersion | undefined,
  hasBytes: boolean,
): boolean {
  if (same.createdAt < (lock?.at ?? 0)) return false;
  return same.id === current?.id || (same.status === "pending" && !hasBytes);
}

function announcedContext(id: string): string {
  return `announced-outputs:${id}`;
}

/** Errors: conflict/workspace_not_locked. */
export function checkHolds(actor: Actor, workspace: Workspace): void {
  const { lock } = workspace;
  const holds = lock !== null && lock.id === (lock.kind === "run" ? actor.runId : actor.id);
  if (!holds) {
    throw new DomainError(
      "conflict",
      "workspace_not_locked",
      `The workspace will only accept state uploads when locked by the uploader. ${lock === null ? "It is not locked." : describeLock(lock)}`,
    );
  }
}

function wrongMd5(): DomainError {
  return new DomainError("invalid", "state_md5", "The MD5 of the state is not the one that was announced.");
}

/**
 * Takes the bytes of an announced state and makes it current. Repeating it with the same bytes is harmless. Errors:
 * invalid/state_md5, conflict/state_discarded, conflict/state_serial, not_found/state_version_not_found.
 */
export async function uploadState(deps: StateVersionDeps, id: string, bytes: Uint8Array): Promise<void> {
  const announced = await findStateVersion(deps.db, id);
  if (announced === undefined) throw stateVersionNotFound();
  if (md5Of(bytes) !== announced.md5) throw wrongMd5();
  if (announced.status === "finalized") return;
  const stored = await storeState(deps, announced.workspaceId, bytes);
  let kept = false;
  try {
    kept = await deps.db.transaction().execute(async (tx) => {
      await lockWorkspaceRow(tx, announced.workspaceId);
      const version = await lockStateVersion(tx, id);
      if (version === undefined) throw stateVersionNotFound();
      if (version.status === "finalized") return false;
      if (version.status === "discarded") {
        throw new DomainError(
          "conflict",
          "state_discarded",
          "This state version was given up: the workspace was unlocked, or another state was announced after it.",
        );
      }
      checkFollows(version, await findCurrentStateVersion(tx, version.workspaceId), version.forced);
      await deps.discardSavedPlans(tx, version.workspaceId);
      const outputs = stored.facts?.outputs ?? announcedOutputs(deps.sealer, version);
      await attachState(tx, deps.sealer, version, stored, outputs, deps.now());
      return true;
    });
  } finally {
    if (!kept) await deps.blobs.remove(stored.key);
  }
  deps.wakeJobs();
}

function announcedOutputs(sealer: Sealer, version: StateVersion): readonly StateOutput[] {
  return version.sealedOutputs === null
    ? []
    : (JSON.parse(openText(sealer, version.sealedOutputs, announcedContext(version.id))) as StateOutput[]);
}

/** Keeps the JSON form of a state, which clients may or may not send, before or after the state itself. */
export async function uploadJsonState(deps: StateVersionDeps, id: string, bytes: Uint8Array): Promise<void> {
  const announced = await findStateVersion(deps.db, id);
  if (announced === undefined) throw stateVersionNotFound();
  const stored = await storeState(deps, announced.workspaceId, bytes);
  const replaced = await deps.db.transaction().execute(async (tx) => {
    const version = await lockStateVersion(tx, id);
    if (version === undefined || version.status === "discarded") return stored.key;
    await updateStateVersion(tx, { ...version, jsonBlobKey: stored.key });
    return version.jsonBlobKey;
  });
  if (replaced !== null) await deps.blobs.remove(replaced);
}
