import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { getOrganization, getWholeOrganization, lockOrganization } from "../organizations/index.ts";
import { checkAdministratorRemains } from "../policies/index.ts";
import {
  groupNotFound,
  groupsMax,
  membersMax,
  parseDisplayName,
  parseGroupDescription,
  resourceNameOf,
  type Group,
  type GroupMember,
  type GroupRef,
} from "./group.ts";
import {
  addMembers,
  countGroups,
  countMembers,
  deleteGroupRow,
  findGroup,
  findUserIds,
  insertGroup,
  lockGroup,
  pageGroups,
  pageMembers,
  removeMembers,
  saveGroup,
  type GroupFilter,
} from "./group-store.ts";

export interface GroupDeps {
  readonly db: Db;
  readonly now: Clock;
}

/**
 * Makes a group, whose resource name comes from its first display name. Errors: invalid/group_name,
 * invalid/group_description, invalid/group_member, conflict/group_exists, precondition/groups_max,
 * precondition/group_members_max, not_found/organization_not_found, forbidden/role_too_low.
 */
export async function createGroup(
  deps: GroupDeps,
  actor: Actor,
  organizationId: string,
  content: { readonly displayName: string; readonly description: string; readonly memberIds: readonly string[] },
): Promise<Group> {
  await getWholeOrganization(deps.db, actor, organizationId);
  const displayName = parseDisplayName(content.displayName);
  const description = parseGroupDescription(content.description);
  const now = deps.now();
  const id = newUlid();
  try {
    return await deps.db.transaction().execute(async (tx) => {
      if ((await countGroups(tx, organizationId)) >= groupsMax) {
        throw new DomainError(
          "precondition",
          "groups_max",
          `The organization has ${groupsMax} groups, and cannot have more. Delete one first.`,
        );
      }
      const group: Group = {
        id: `iam.group:${id}`,
        organizationId,
        name: await freeName(tx, organizationId, displayName, id),
        displayName,
        description,
        memberCount: 0,
        scimSynchronized: false,
        createdAt: now,
        updatedAt: now,
      };
      await insertGroup(tx, group);
      return { ...group, memberCount: await putMembers(tx, group, content.memberIds, []) };
    });
  } catch (error) {
    throw isUniqueViolation(error) ? groupExists(displayName) : error;
  }
}

/** A group that was renamed keeps its resource name, so that of another's display name may be taken. */
async function freeName(tx: Tx, organizationId: string, displayName: string, id: string): Promise<string> {
  const name = resourceNameOf(displayName);
  const rest = id.slice(-8);
  if (name === "") return rest;
  return (await findGroup(tx, { organizationId, name })) === undefined ? name : `${name}-${rest}`;
}

/** Errors: not_found/group_not_found, not_found/organization_not_found, forbidden/role_too_low. */
export async function getGroup(db: Db, actor: Actor, ref: GroupRef): Promise<Group> {
  await getOrganization(db, actor, ref.organizationId);
  const group = await findGroup(db, ref);
  if (group === undefined) throw groupNotFound(ref.name);
  return group;
}

/** Errors: not_found/organization_not_found, forbidden/role_too_low. */
export async function listGroups(
  db: Db,
  actor: Actor,
  filter: GroupFilter,
  page: KeysetPage,
): Promise<KeysetItems<Group>> {
  await getOrganization(db, actor, filter.organizationId);
  return pageGroups(db, filter, page);
}

/**
 * Sets what is given and leaves the rest; the resource name stays. Errors: invalid/group_name, invalid/group_description,
 * conflict/group_exists, and those of {@link getGroup}.
 */
export async function changeGroup(
  deps: GroupDeps,
  actor: Actor,
  ref: GroupRef,
  change: { readonly displayName?: string; readonly description?: string },
): Promise<void> {
  if (change.displayName !== undefined) parseDisplayName(change.displayName);
  if (change.description !== undefined) parseGroupDescription(change.description);
  try {
    await inGroup(deps, actor, ref, (tx, id) => saveGroup(tx, id, change, deps.now()));
  } catch (error) {
    throw isUniqueViolation(error) ? groupExists(change.displayName ?? "") : error;
  }
}

/**
 * Its members lose the roles that were given to it. Errors: precondition/last_administrator, and those of
 * {@link getGroup}.
 */
export async function deleteGroup(deps: GroupDeps, actor: Actor, ref: GroupRef): Promise<void> {
  await inGroup(deps, actor, ref, async (tx, id) => {
    await deleteGroupRow(tx, id);
    await checkAdministratorRemains(tx, ref.organizationId);
  });
}

/** In the order in which they joined. Errors: those of {@link getGroup}. */
export async function listMembers(
  db: Db,
  actor: Actor,
  ref: GroupRef,
  page: KeysetPage,
): Promise<KeysetItems<GroupMember> & { readonly group: Group }> {
  const group = await getGroup(db, actor, ref);
  return { group, ...(await pageMembers(db, group.id, page)) };
}

/**
 * Adds and removes users. Whoever is in the group already stays where it is; whoever is not in it cannot be removed from
 * it, and that is no mistake. Errors: invalid/group_member, precondition/group_members_max,
 * precondition/last_administrator, and those of {@link getGroup}.
 */
export async function changeMembers(
  deps: GroupDeps,
  actor: Actor,
  ref: GroupRef,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  await inGroup(deps, actor, ref, async (tx, id) => {
    await putMembers(tx, { id, organizationId: ref.organizationId }, change.add, change.remove);
    await saveGroup(tx, id, {}, deps.now());
    if (change.remove.length > 0) await checkAdministratorRemains(tx, ref.organizationId);
  });
}

/** How many members the group has then. */
async function putMembers(
  tx: Tx,
  group: Pick<Group, "id" | "organizationId">,
  add: readonly string[],
  remove: readonly string[],
): Promise<number> {
  const wanted = [...new Set(add)];
  const users = await findUserIds(tx, group.organizationId, wanted);
  const stranger = wanted.find((id) => !users.has(id));
  if (stranger !== undefined) {
    throw new DomainError(
      "invalid",
      "group_member",
      `${JSON.stringify(stranger.slice(0, 80))} is not a user of this organization, and groups hold users only.`,
    );
  }
  await removeMembers(tx, group.id, remove);
  await addMembers(tx, group.id, wanted);
  const count = await countMembers(tx, group.id);
  if (count > membersMax) {
    throw new DomainError(
      "precondition",
      "group_members_max",
      `A group has at most ${membersMax} members; this one would have ${count}.`,
    );
  }
  return count;
}

async function inGroup(
  deps: GroupDeps,
  actor: Actor,
  ref: GroupRef,
  work: (tx: Tx, id: string) => Promise<void>,
): Promise<void> {
  await getOrganization(deps.db, actor, ref.organizationId);
  await deps.db.transaction().execute(async (tx) => {
    // Before the group, as those who set policies do: no two of them can take the last administrator away together.
    await lockOrganization(tx, ref.organizationId);
    const id = await lockGroup(tx, ref);
    if (id === undefined) throw groupNotFound(ref.name);
    checkOrganizationWide(actor, id);
    await work(tx, id);
  });
}

function groupExists(displayName: string): DomainError {
  return new DomainError(
    "conflict",
    "group_exists",
    `The organization has a group named ${JSON.stringify(displayName)} already. Choose another name.`,
  );
}
