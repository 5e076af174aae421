import type { Actor } from "../access/index.ts";
import {
  configurationVersionNotFound,
  findNewestConfigurationVersion,
  getConfigurationVersion,
  lockConfigurationVersion,
  markArchived,
} from "../config-versions/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { enqueueJob } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { RunDeps } from "./create-run.ts";
import { isConfigurationInUse } from "./run-store.ts";

/**
 * Gives up the bytes of a configuration version. Archiving it again is not an error. Errors:
 * conflict/configuration_not_archivable, for the one that the next run would use, for one that is not uploaded, and for one
 * that a run still needs; not_found/configuration_version_not_found.
 */
export async function archiveConfiguration(deps: RunDeps, actor: Actor, id: string): Promise<void> {
  const { workspaceId } = await getConfigurationVersion(deps.db, actor, id);
  await deps.db.transaction().execute(async (tx) => {
    await lockWorkspaceRow(tx, workspaceId);
    const version = await lockConfigurationVersion(tx, id);
    if (version === undefined) throw configurationVersionNotFound();
    if (version.status === "archived") return;
    if (version.status !== "uploaded") throw notArchivable(`it is ${version.status}`);
    if ((await findNewestConfigurationVersion(tx, workspaceId))?.id === id) throw notArchivable("it is current");
    if (await isConfigurationInUse(tx, id)) throw notArchivable("a run that has not ended needs it");
    await markArchived(tx, id);
    const payload = { keys: version.blobKey === null ? [] : [version.blobKey] };
    await enqueueJob(tx, { kind: "remove-blobs", payload }, deps.now());
  });
  deps.wakeJobs();
}

function notArchivable(why: string): DomainError {
  return new DomainError(
    "conflict",
    "configuration_not_archivable",
    `configuration could not be archived because ${why}`,
  );
}
