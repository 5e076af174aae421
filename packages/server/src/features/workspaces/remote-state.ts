import { actingWith, canSee, type Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { listWorkspaces } from "./list-workspaces-store.ts";
import { addConsumers, isConsumer, removeConsumers } from "./remote-state-store.ts";
import { findWorkspace, findWorkspacesInOrganization, lockWorkspaceRow } from "./workspace-store.ts";
import { visibleWorkspace, workspaceNotFound, type Workspace } from "./workspace.ts";

/**
 * With whom a workspace shares its state: with every workspace of its organization, with those of its project, or with those
 * that it names. The widest that is set counts. Source: HCP Terraform, remote state sharing; go-tfe
 * workspace_integration_test.go, ProjectRemoteState.
 */
export type Sharing = "global" | "project" | "named";

export function sharingOf(workspace: Pick<Workspace, "globalRemoteState" | "projectRemoteState">): Sharing {
  if (workspace.globalRemoteState) return "global";
  return workspace.projectRemoteState ? "project" : "named";
}

/**
 * The workspace, for an actor that may read its state, or (`needs`) no more than its outputs. The credential of a run (or of an assessment) reads the state of its
 * own workspace and of those that share theirs with it, and no other, whatever its project. Errors:
 * not_found/workspace_not_found, forbidden/role_too_low.
 */
export async function stateReadable(
  db: Db,
  actor: Actor,
  workspace: Workspace | undefined,
  needs: "state:read" | "state:read-outputs" = "state:read",
): Promise<Workspace> {
  if (workspace === undefined) throw workspaceNotFound();
  if (actor.kind !== "run") return visibleWorkspace(actingWith(actor, needs), workspace);
  if (actor.workspaceId === null || !(await isSharedWith(db, workspace, actor.workspaceId))) throw workspaceNotFound();
  return workspace;
}

async function isSharedWith(db: Db, workspace: Workspace, readerId: string): Promise<boolean> {
  if (workspace.id === readerId) return true;
  const reader = await findWorkspace(db, readerId);
  if (reader === undefined || reader.organizationId !== workspace.organizationId) return false;
  switch (sharingOf(workspace)) {
    case "global":
      return true;
    case "project":
      return reader.projectId === workspace.projectId;
    case "named":
      return isConsumer(db, workspace.id, reader.id);
  }
}

/** Whose runs may read its state, by name, as far as the actor sees them. Errors: not_found/workspace_not_found. */
export async function listConsumers(
  db: Db,
  actor: Actor,
  id: string,
  scope: readonly string[] | null,
  page: Page,
): Promise<Paged<Workspace>> {
  const workspace = visibleWorkspace(actor, await findWorkspace(db, id));
  const filter = { organizationId: workspace.organizationId, projects: scope, except: id };
  switch (sharingOf(workspace)) {
    case "global":
      return listWorkspaces(db, filter, page);
    case "project":
      return listWorkspaces(db, { ...filter, inProject: workspace.projectId }, page);
    case "named":
      return listWorkspaces(db, { ...filter, consumersOf: id }, page);
  }
}

/**
 * Names more consumers, fewer, or others in their place. Removing one that is not there is not an error. Errors:
 * not_found/workspace_not_found, invalid/consumer_self, invalid/remote_state_global.
 */
export async function changeConsumers(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  change: { readonly how: "add" | "remove" | "replace"; readonly consumerIds: readonly string[] },
): Promise<void> {
  const wanted = [...new Set(change.consumerIds)];
  await deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    if (change.how !== "remove") {
      if (workspace.globalRemoteState) {
        throw new DomainError(
          "invalid",
          "remote_state_global",
          "The workspace shares its state with the whole organization. Set global-remote-state to false to name consumers.",
        );
      }
      if (wanted.includes(id)) {
        throw new DomainError("invalid", "consumer_self", "A workspace cannot be a consumer of its own state.");
      }
      const found = await findWorkspacesInOrganization(tx, workspace.organizationId, wanted);
      const { organizationId } = workspace;
      const visible = found.filter(({ projectId, id: workspaceId }) => {
        const place = { organizationId, projectId, workspaceId };
        return canSee(actingWith(actor, "workspace:read"), place);
      });
      if (visible.length < wanted.length) throw workspaceNotFound();
    }
    if (change.how === "replace") await removeConsumers(tx, id, null);
    await (change.how === "remove" ? removeConsumers(tx, id, wanted) : addConsumers(tx, id, wanted));
  });
}
