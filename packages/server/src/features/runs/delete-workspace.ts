import type { Tx } from "../../db/database.ts";
import { may, type Actor } from "../access/index.ts";
import { listConfigurationBlobs } from "../config-versions/index.ts";
import { findOrganization } from "../organizations/index.ts";
import { findCurrentStateVersion, listStateBlobs } from "../state-versions/index.ts";
import { deleteWorkspaceRow, lockWorkspaceRow, visibleWorkspace, type Workspace } from "../workspaces/index.ts";
import { enqueueJob, withdrawJob } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { RunDeps } from "./create-run.ts";
import { jobKindOf } from "./move-run.ts";
import { listPhaseBlobs, lockPhases } from "./phase-store.ts";
import { workingStatuses } from "./run-status.ts";
import { listRunsInStatus } from "./run-store.ts";

/**
 * Deletes a workspace with everything it holds. `safe` refuses while somebody has locked it or a run is under way, and
 * while its state still knows resources or cannot be read; without, only an apply is waited for, and who may is asked where there
 * are resources. Errors: conflict/workspace_locked, conflict/workspace_busy, conflict/workspace_has_resources,
 * forbidden/force_delete_not_allowed, not_found/workspace_not_found. The words `locked` and `being processed` are what clients look for. Source: go-tfe tfe.go.
 */
export async function deleteWorkspace(
  deps: RunDeps,
  actor: Actor,
  id: string,
  options: { readonly safe: boolean },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    if (options.safe && workspace.lock !== null) {
      throw new DomainError("conflict", "workspace_locked", "The workspace is currently locked. Unlock it first.");
    }
    // Whoever deletes it anyway ends a plan; an apply has to be left to write what it did.
    const awaited = options.safe ? workingStatuses : (["applying"] as const);
    if ((await listRunsInStatus(tx, id, awaited)).length > 0) {
      throw new DomainError(
        "conflict",
        "workspace_busy",
        "A run of the workspace is still being processed. Cancel it.",
      );
    }
    if (options.safe) await checkNoResources(tx, id);
    else await checkMayForce(tx, actor, workspace);
    await removeWorkspace(deps, tx, id);
  });
  deps.wakeJobs();
}

/**
 * Resources that nobody manages any more are a loss to the organization: who administers only the workspace, or its project, may cause
 * it where the organization allows it. Source: HCP Terraform API, organizations, `allow-force-delete-workspaces`.
 */
async function checkMayForce(tx: Tx, actor: Actor, workspace: Workspace): Promise<void> {
  const { id, organizationId } = workspace;
  if (may(actor, "workspace:delete", { organizationId }) || !(await holdsResources(tx, id))) return;
  if ((await findOrganization(tx, organizationId))?.settings.allowForceDeleteWorkspaces === true) return;
  throw new DomainError(
    "forbidden",
    "force_delete_not_allowed",
    "The workspace still manages resources, and its organization does not let you delete it with them. Destroy them first, or ask one of its owners.",
  );
}

/** What cannot be read counts as resources. */
async function holdsResources(tx: Tx, id: string): Promise<boolean> {
  const state = await findCurrentStateVersion(tx, id);
  return state !== undefined && (state.resourceCount > 0 || state.engineVersion === null);
}

async function checkNoResources(tx: Tx, id: string): Promise<void> {
  if (await holdsResources(tx, id)) {
    throw new DomainError(
      "conflict",
      "workspace_has_resources",
      "The workspace is not safe to delete: its state still holds resources. Destroy them first.",
    );
  }
}

// One that fails half-way begins again with these, and not with the files of years.
const keysAJob = 500;

/** Removes a workspace with everything it holds, whatever is going on in it: a runner at work finds its lease gone. */
export async function removeWorkspace(
  deps: Pick<RunDeps, "now" | "interruptAssessment" | "listAssessmentBlobs">,
  tx: Tx,
  id: string,
): Promise<void> {
  for (const run of await listRunsInStatus(tx, id, ["plan_queued", "planning", "apply_queued", "applying"])) {
    for (const phase of await lockPhases(tx, run.id)) await withdrawJob(tx, jobKindOf(phase.kind), phase.id);
  }
  await deps.interruptAssessment(tx, id, deps.now());
  const keys = [
    ...(await listStateBlobs(tx, id)),
    ...(await listConfigurationBlobs(tx, id)),
    ...(await listPhaseBlobs(tx, id)),
    ...(await deps.listAssessmentBlobs(tx, id)),
  ];
  for (let from = 0; from < keys.length; from += keysAJob) {
    const payload = { keys: keys.slice(from, from + keysAJob) };
    await enqueueJob(tx, { kind: "remove-blobs", payload }, deps.now());
  }
  await deleteWorkspaceRow(tx, id);
}
