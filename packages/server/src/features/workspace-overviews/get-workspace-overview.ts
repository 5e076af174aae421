import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { workspaceScope, type Actor } from "../access/index.ts";
import { workspaceNotFound } from "../workspaces/index.ts";
import { listWorkspaceOverviews } from "./workspace-overview-store.ts";
import type { WorkspaceOverview } from "./workspace-overview.ts";

/** Errors: not_found/workspace_not_found. */
export async function getWorkspaceOverview(db: Db, actor: Actor, id: string, now: Millis): Promise<WorkspaceOverview> {
  const place = { organizationId: actor.organizationId, ...workspaceScope(actor) };
  const { items } = await listWorkspaceOverviews(db, { ...place, id }, { limit: 1 }, now);
  const [workspace] = items;
  if (workspace === undefined) throw workspaceNotFound();
  return workspace;
}
