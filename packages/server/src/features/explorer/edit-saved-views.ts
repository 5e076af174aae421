import { checkOrganizationWide, type Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { ExplorerQuery } from "./explorer-query.ts";
import { countViews, deleteViewRow, findView, insertView, updateView } from "./saved-view-store.ts";
import { checkViewName, savedViewNotFound, savedViewsMax, type SavedView } from "./saved-view.ts";

interface SavedViewDeps {
  readonly db: Db;
  readonly now: Clock;
}

/**
 * Keeps a question. As every change of saved views it is for those who read all workspaces of the organization. Errors:
 * forbidden/role_too_low, invalid/explorer_view_name, invalid/explorer_views_max.
 */
export async function createSavedView(
  deps: SavedViewDeps,
  actor: Actor,
  input: { readonly name: string | undefined; readonly query: ExplorerQuery },
): Promise<SavedView> {
  checkOrganizationWide(actor);
  const name = checkViewName(input.name);
  const { organizationId } = actor;
  const now = deps.now();
  const view = { id: newExternalId("sq"), organizationId, name, query: input.query, createdAt: now, updatedAt: now };
  await deps.db.transaction().execute(async (tx) => {
    if ((await countViews(tx, organizationId)) >= savedViewsMax) {
      throw new DomainError(
        "invalid",
        "explorer_views_max",
        `An organization has at most ${savedViewsMax} saved views. Delete one first.`,
      );
    }
    await insertView(tx, view);
  });
  return view;
}

/** Errors: not_found/explorer_view_not_found. */
export async function getSavedView(db: Db, actor: Actor, id: string): Promise<SavedView> {
  const view = await findView(db, actor.organizationId, id);
  if (view === undefined) throw savedViewNotFound();
  return view;
}

/** What is not given stays. Errors: forbidden/role_too_low, not_found/explorer_view_not_found, invalid/explorer_view_name. */
export async function changeSavedView(
  deps: SavedViewDeps,
  actor: Actor,
  id: string,
  change: { readonly name?: string | undefined; readonly query?: ExplorerQuery | undefined },
): Promise<SavedView> {
  const known = await getSavedView(deps.db, actor, id);
  checkOrganizationWide(actor);
  const view: SavedView = {
    ...known,
    name: change.name === undefined ? known.name : checkViewName(change.name),
    query: change.query ?? known.query,
    updatedAt: deps.now(),
  };
  await updateView(deps.db, view);
  return view;
}

/** Answers what is gone. Errors: forbidden/role_too_low, not_found/explorer_view_not_found. */
export async function deleteSavedView(db: Db, actor: Actor, id: string): Promise<SavedView> {
  const view = await getSavedView(db, actor, id);
  checkOrganizationWide(actor);
  await deleteViewRow(db, id);
  return view;
}
