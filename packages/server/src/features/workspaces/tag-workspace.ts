import type { Actor } from "../access/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { findKeysNotToOverride } from "./organization-tag-store.ts";
import { listTags, removeTags, saveTags } from "./tag-store.ts";
import { findWorkspace, lockWorkspaceRow } from "./workspace-store.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkTag, checkTagCount, visibleWorkspace, type Tag } from "./workspace.ts";

/**
 * Adds tags, and gives those that are there their new value. Errors: invalid/tag_key, invalid/tag_value,
 * invalid/tag_bindings_max, not_found/workspace_not_found.
 */
export async function bindTags(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  tags: readonly Tag[],
): Promise<void> {
  for (const tag of tags) checkTag(tag);
  await deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    await checkOverrides(tx, workspace, tags);
    const keys = new Set((await listTags(tx, [id])).get(id)?.map((tag) => tag.key));
    for (const tag of tags) keys.add(tag.key);
    checkTagCount(keys.size);
    await saveTags(tx, id, tags);
  });
}

// Plain tags are older than tags with values, and the published API sets no limit to them.
const plainTagsMax = 100;

/**
 * Adds plain tags. One must not erase the value that a key has already. Errors: invalid/tag_key, invalid/tags_max,
 * not_found/workspace_not_found.
 */
export async function addPlainTags(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  keys: readonly string[],
): Promise<void> {
  for (const key of keys) checkTag({ key, value: "" });
  await deps.db.transaction().execute(async (tx) => {
    visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    const there = new Set((await listTags(tx, [id])).get(id)?.map((tag) => tag.key));
    const fresh = [...new Set(keys)].filter((key) => !there.has(key));
    if (there.size + fresh.length > plainTagsMax) {
      throw new DomainError("invalid", "tags_max", `A workspace has at most ${plainTagsMax} tags. Remove some first.`);
    }
    await saveTags(
      tx,
      id,
      fresh.map((key) => ({ key, value: "" })),
    );
  });
}

/** Errors: invalid/tag_key_reserved, for a key whose value the project alone decides. */
export async function checkOverrides(
  tx: Tx,
  place: { readonly organizationId: string; readonly projectId: string },
  tags: readonly Tag[],
): Promise<void> {
  const [key] = await findKeysNotToOverride(
    tx,
    place,
    tags.map((tag) => tag.key),
  );
  if (key === undefined) return;
  throw new DomainError(
    "invalid",
    "tag_key_reserved",
    `The tag key ${key} is reserved by the organization: workspaces have the value of their project. Leave it out.`,
  );
}

export async function replaceTagsWithin(tx: Tx, id: string, tags: readonly Tag[]): Promise<void> {
  await removeTags(tx, id, null);
  await saveTags(tx, id, tags);
}

/** Removing a tag that is not there is not an error. Errors: not_found/workspace_not_found. */
export async function deleteTags(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  keys: readonly string[],
): Promise<void> {
  visibleWorkspace(actor, await findWorkspace(deps.db, id));
  await removeTags(deps.db, id, keys);
}
