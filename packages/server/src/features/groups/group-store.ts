import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyOf, keyset } from "../../db/keyset.ts";
import type { Groups } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { Group, GroupMember, GroupRef } from "./group.ts";

interface GroupRow extends Groups {
  member_count: number | null;
}

function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    displayName: row.display_name,
    description: row.description,
    memberCount: Number(row.member_count ?? 0),
    scimSynchronized: row.scim_synchronized === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function selectGroups(db: Db, organizationId: string) {
  return db
    .selectFrom("groups")
    .selectAll("groups")
    .select((e) =>
      e
        .selectFrom("group_members")
        .select((m) => m.fn.countAll<number>().as("n"))
        .whereRef("group_members.group_id", "=", "groups.id")
        .as("member_count"),
    )
    .where("groups.organization_id", "=", organizationId);
}

/** Throws a unique violation for a name or a display name that is taken. */
export async function insertGroup(tx: Tx, group: Omit<Group, "memberCount">): Promise<void> {
  await tx
    .insertInto("groups")
    .values({
      id: group.id,
      organization_id: group.organizationId,
      name: group.name,
      display_name: group.displayName,
      description: group.description,
      scim_synchronized: group.scimSynchronized ? 1 : 0,
      created_at: group.createdAt,
      updated_at: group.updatedAt,
    })
    .execute();
}

export async function findGroup(db: Db, ref: GroupRef): Promise<Group | undefined> {
  const row = await selectGroups(db, ref.organizationId).where("groups.name", "=", ref.name).executeTakeFirst();
  return row && toGroup(row);
}

/** The id of the group, which stays as it is until the transaction ends; undefined when there is none. */
export async function lockGroup(tx: Tx, ref: GroupRef): Promise<string | undefined> {
  const row = await tx
    .selectFrom("groups")
    .select("id")
    .where("organization_id", "=", ref.organizationId)
    .where("name", "=", ref.name)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row?.id;
}

/** Groups with these ids, in no order; at most 1000 ids. */
export async function findGroups(db: Db, organizationId: string, ids: readonly string[]): Promise<Group[]> {
  if (ids.length === 0) return [];
  const rows = await selectGroups(db, organizationId).where("groups.id", "in", ids).execute();
  return rows.map(toGroup);
}

export interface GroupFilter {
  readonly organizationId: string;
  readonly memberId?: string;
  /** Absent: whatever the id. */
  readonly ids?: readonly string[];
}

/** One page of an organization's groups, by display name. */
export async function pageGroups(db: Db, filter: GroupFilter, page: KeysetPage): Promise<KeysetItems<Group>> {
  const { organizationId, memberId, ids } = filter;
  const rows = await selectGroups(db, organizationId)
    .$if(ids !== undefined, (q) => q.where("groups.id", "in", ids ?? []))
    .$if(memberId !== undefined, (q) =>
      q.where((e) =>
        e.exists(
          e
            .selectFrom("group_members")
            .select("group_members.group_id")
            .whereRef("group_members.group_id", "=", "groups.id")
            .where("group_members.principal_id", "=", memberId ?? ""),
        ),
      ),
    )
    .$call(keyset({ column: "groups.display_name", id: "groups.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => keyOf(row, [{ field: "display_name", descending: false }]));
  return { ...cut, items: cut.items.map(toGroup) };
}

export async function countGroups(db: Db, organizationId: string): Promise<number> {
  const row = await db
    .selectFrom("groups")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Throws a unique violation for a display name that is taken. */
export async function saveGroup(
  tx: Tx,
  id: string,
  change: { readonly displayName?: string; readonly description?: string },
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("groups")
    .set({
      updated_at: now,
      ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
      ...(change.description === undefined ? {} : { description: change.description }),
    })
    .where("id", "=", id)
    .execute();
}

export async function deleteGroupRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("groups").where("id", "=", id).execute();
}

/** One page of the members, in the order in which they joined. */
export async function pageMembers(db: Db, groupId: string, page: KeysetPage): Promise<KeysetItems<GroupMember>> {
  const rows = await db
    .selectFrom("group_members")
    .innerJoin("principals", "principals.id", "group_members.principal_id")
    .select(["principals.id", "principals.name", "principals.email", "group_members.position"])
    .where("group_members.group_id", "=", groupId)
    .$call(keyset({ column: "group_members.position", id: "principals.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => keyOf(row, [{ field: "position", descending: false }]));
  return { ...cut, items: cut.items.map(({ id, name, email }) => ({ id, name, email })) };
}

/** Which of these ids belong to users of the organization. */
export async function findUserIds(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await inChunks(ids, (chunk) =>
    tx
      .selectFrom("principals")
      .select("id")
      .where("organization_id", "=", organizationId)
      .where("kind", "=", "user")
      .where("id", "in", chunk)
      .execute(),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Puts users behind those who are in the group already; whoever is in it keeps the place. */
export async function addMembers(tx: Tx, groupId: string, ids: readonly string[]): Promise<void> {
  const last = await tx
    .selectFrom("group_members")
    .select((e) => e.fn.max("position").as("position"))
    .where("group_id", "=", groupId)
    .executeTakeFirst();
  const from = last?.position == null ? 0 : Number(last.position) + 1;
  const rows = ids.map((id, at) => ({ group_id: groupId, principal_id: id, position: from + at }));
  await inChunks(rows, async (chunk) => {
    await tx
      .insertInto("group_members")
      .values([...chunk])
      .onConflict((c) => c.columns(["group_id", "principal_id"]).doNothing())
      .execute();
    return [];
  });
}

export async function removeMembers(tx: Tx, groupId: string, ids: readonly string[]): Promise<void> {
  await inChunks(ids, async (chunk) => {
    await tx.deleteFrom("group_members").where("group_id", "=", groupId).where("principal_id", "in", chunk).execute();
    return [];
  });
}

export async function countMembers(tx: Tx, groupId: string): Promise<number> {
  const row = await tx
    .selectFrom("group_members")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("group_id", "=", groupId)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** The ids of the groups that each of these principals is in; at most 1000 principals. */
export async function listGroupIds(db: Db, principalIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  if (principalIds.length === 0) return found;
  const rows = await db
    .selectFrom("group_members")
    .select(["principal_id", "group_id"])
    .where("principal_id", "in", principalIds)
    .orderBy("group_id")
    .execute();
  for (const row of rows) found.set(row.principal_id, [...(found.get(row.principal_id) ?? []), row.group_id]);
  return found;
}
