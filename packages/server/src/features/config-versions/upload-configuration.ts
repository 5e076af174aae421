import { createHash } from "node:crypto";
import type { Actor } from "../access/index.ts";
import { findWorkspace, visibleWorkspace } from "../workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { checkArchive } from "./check-archive.ts";
import {
  findConfigurationVersion,
  insertConfigurationVersion,
  isUsedByRun,
  lockConfigurationVersion,
  markErrored,
  markUploaded,
} from "./configuration-version-store.ts";
import { configurationVersionNotFound, type ConfigurationVersion } from "./configuration-version.ts";

export interface ConfigurationDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly now: Clock;
  /** Largest configuration after unpacking. */
  readonly archiveBytesMax: number;
}

const entriesMax = 100_000;

/** Makes the place for an upload. Errors: not_found/workspace_not_found. */
export async function createConfigurationVersion(
  deps: Pick<ConfigurationDeps, "db" | "now">,
  actor: Actor,
  workspaceId: string,
  input: Pick<ConfigurationVersion, "speculative" | "provisional" | "autoQueueRuns">,
): Promise<ConfigurationVersion> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const version: ConfigurationVersion = {
    id: newExternalId("cv"),
    workspaceId,
    status: "pending",
    ...input,
    source: "tfe-api",
    error: null,
    errorMessage: null,
    blobKey: null,
    createdAt: deps.now(),
    uploadedAt: null,
  };
  await insertConfigurationVersion(deps.db, version);
  return version;
}

/** Errors: not_found/configuration_version_not_found. */
export async function getConfigurationVersion(db: Db, actor: Actor, id: string): Promise<ConfigurationVersion> {
  const version = await findConfigurationVersion(db, id);
  if (version === undefined) throw configurationVersionNotFound();
  try {
    visibleWorkspace(actor, await findWorkspace(db, version.workspaceId));
  } catch (error) {
    throw error instanceof DomainError ? configurationVersionNotFound() : error;
  }
  return version;
}

/** The archive as it was uploaded. Errors: not_found/configuration_version_not_found, also for one that has none. */
export async function readConfiguration(deps: Pick<ConfigurationDeps, "db" | "blobs">, id: string): Promise<Buffer> {
  const version = await findConfigurationVersion(deps.db, id);
  const isKept = version?.blobKey != null && version.status === "uploaded";
  const bytes = !isKept || version.blobKey === null ? undefined : await deps.blobs.get(version.blobKey);
  if (bytes === undefined) throw configurationVersionNotFound();
  return bytes;
}

/**
 * Accepts the archive, or marks the version as errored. Repeating an upload is harmless: clients retry. Other bytes take the
 * place of those that were uploaded before, until a run uses them. `uploadedNow` is false unless it is the first upload. Errors:
 * invalid/archive_…, conflict/configuration_uploaded, not_found/configuration_version_not_found.
 */
export async function storeConfiguration(
  deps: ConfigurationDeps,
  id: string,
  archive: Uint8Array,
): Promise<{ readonly version: ConfigurationVersion; readonly uploadedNow: boolean }> {
  const before = await findConfigurationVersion(deps.db, id);
  if (before === undefined) throw configurationVersionNotFound();
  const refused = await checkArchive(archive, { bytesMax: deps.archiveBytesMax, entriesMax }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DomainError) return error;
      throw error;
    },
  );
  const key = `configurations/${id}/${createHash("sha256").update(archive).digest("hex")}`;
  const mayTake = before.status === "pending" || before.status === "uploaded";
  if (refused === undefined && mayTake && before.blobKey !== key) await deps.blobs.put(key, archive);
  const result = await deps.db.transaction().execute(async (tx) => {
    const version = await lockConfigurationVersion(tx, id);
    if (version === undefined) throw configurationVersionNotFound();
    const isFirst = version.status === "pending";
    if (!isFirst && version.blobKey === key) return { version, uploadedNow: false, replaced: null };
    if (!isFirst && (version.status !== "uploaded" || (await isUsedByRun(tx, id)))) return undefined;
    if (refused !== undefined) {
      if (isFirst) await markErrored(tx, id, refused.code, refused.message);
      return { version, uploadedNow: false, replaced: null };
    }
    const now = deps.now();
    await markUploaded(tx, id, { key, bytes: archive.byteLength }, now);
    return {
      version: { ...version, status: "uploaded", blobKey: key, uploadedAt: now } satisfies ConfigurationVersion,
      uploadedNow: isFirst,
      replaced: version.blobKey,
    };
  });
  if (refused !== undefined) throw refused;
  if (result === undefined) {
    throw new DomainError(
      "conflict",
      "configuration_uploaded",
      "This configuration version has its upload already, and a run uses it or it is archived. Create another one.",
    );
  }
  if (result.replaced !== null) await deps.blobs.remove(result.replaced);
  return result;
}
