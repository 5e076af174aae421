import { storeConfiguration, type ConfigurationDeps } from "../config-versions/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import { createRun, type RunDeps } from "./create-run.ts";

/**
 * Accepts the upload of a configuration version, and queues a run when it was made to. Errors: those of
 * {@link storeConfiguration}.
 */
export async function uploadConfiguration(
  deps: RunDeps & ConfigurationDeps,
  configurationVersionId: string,
  archive: Uint8Array,
): Promise<void> {
  const { version, uploadedNow } = await storeConfiguration(deps, configurationVersionId, archive);
  if (!uploadedNow || !version.autoQueueRuns) return;
  if ((await findWorkspace(deps.db, version.workspaceId))?.executionMode !== "remote") return;
  await createRun(deps, {
    workspaceId: version.workspaceId,
    configurationVersionId: version.id,
    createdBy: { id: null, name: "configuration upload" },
    source: "tfe-configuration-version",
    message: "Queued by the upload of a configuration",
  });
}
