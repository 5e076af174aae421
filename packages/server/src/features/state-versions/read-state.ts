import type { Actor } from "../access/index.ts";
import { findWorkspace, stateReadable } from "../workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { findOutput, findStateVersion } from "./state-version-store.ts";
import { stateVersionNotFound, type StateVersion, type StoredOutput } from "./state-version.ts";
import { sealingContext } from "./stored-state.ts";

export interface ReadStateDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
}

/** A state's bytes as they were uploaded, and where it belongs. Errors: not_found/state_version_not_found. */
export async function readState(
  deps: ReadStateDeps,
  stateVersionId: string,
): Promise<{
  readonly workspaceId: string;
  readonly projectId: string;
  readonly organizationId: string;
  readonly serial: number;
  /** Of the engine that wrote it; null when it does not say. */
  readonly engineVersion: string | null;
  readonly bytes: Buffer;
}> {
  const version = await findStateVersion(deps.db, stateVersionId);
  const workspace = version && (await findWorkspace(deps.db, version.workspaceId));
  if (version === undefined || workspace === undefined || version.blobKey === null) throw stateVersionNotFound();
  if (version.status === "backing_data_soft_deleted") throw stateVersionNotFound();
  return {
    workspaceId: workspace.id,
    projectId: workspace.projectId,
    organizationId: workspace.organizationId,
    serial: version.serial,
    engineVersion: version.engineVersion,
    bytes: await openBlob(deps, version.blobKey),
  };
}

/** The JSON form, when the client sent one. Errors: not_found/state_version_not_found. */
export async function readJsonState(deps: ReadStateDeps, version: StateVersion): Promise<Buffer> {
  if (version.jsonBlobKey === null || version.status === "backing_data_soft_deleted") throw stateVersionNotFound();
  return openBlob(deps, version.jsonBlobKey);
}

async function openBlob(deps: ReadStateDeps, key: string): Promise<Buffer> {
  const sealed = await deps.blobs.get(key);
  // A snapshot that a newer one has just replaced; the newer one is a retry away.
  if (sealed === undefined)
    throw new DomainError("unavailable", "state_moved", "The state was just replaced. Try again.");
  return deps.sealer.open(sealed, sealingContext(key));
}

/** Errors: not_found/state_version_not_found. */
export async function getStateVersion(
  db: Db,
  actor: Actor,
  id: string,
  needs: "state:read" | "state:read-outputs" = "state:read",
): Promise<StateVersion> {
  const version = await findStateVersion(db, id);
  if (version === undefined) throw stateVersionNotFound();
  await checkVisible(db, actor, version.workspaceId, needs);
  return version;
}

/** Errors: not_found/state_version_not_found. */
export async function getOutput(deps: ReadStateDeps, actor: Actor, id: string): Promise<StoredOutput> {
  const found = await findOutput(deps.db, deps.sealer, id);
  if (found === undefined) throw stateVersionNotFound();
  await checkVisible(deps.db, actor, found.workspaceId, "state:read-outputs");
  return found.output;
}

async function checkVisible(
  db: Db,
  actor: Actor,
  workspaceId: string,
  needs: "state:read" | "state:read-outputs",
): Promise<void> {
  try {
    await stateReadable(db, actor, await findWorkspace(db, workspaceId), needs);
  } catch (error) {
    throw error instanceof DomainError ? stateVersionNotFound() : error;
  }
}
