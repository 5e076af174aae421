import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { ensurePolicy, ownersTeam, resourceKey, type AssignableRole, type PolicyResource } from "../access/index.ts";
import type { MemberKind, Policy, PolicyBinding } from "./policy.ts";

/** The policy of a resource in the order in which it was written. Two statements. */
export async function readPolicy(db: Db, resource: PolicyResource): Promise<Policy> {
  const key = resourceKey(resource);
  const row = await db.selectFrom("iam_policies").select("etag").where("resource", "=", key).executeTakeFirst();
  if (row === undefined) return { bindings: [], etag: "" };
  const rows = await db
    .selectFrom("role_bindings as b")
    .leftJoin("principals as p", "p.id", "b.principal_id")
    .select(["b.role", "b.principal_id", "b.group_id", "p.kind"])
    .where("b.resource", "=", key)
    .orderBy("b.position")
    .execute();
  const byRole = new Map<AssignableRole, { kind: MemberKind; id: string }[]>();
  for (const { role, principal_id: principalId, group_id: groupId, kind } of rows) {
    const members = byRole.get(role as AssignableRole) ?? [];
    members.push({ kind: groupId === null ? (kind as MemberKind) : "group", id: groupId ?? principalId ?? "" });
    byRole.set(role as AssignableRole, members);
  }
  return { bindings: [...byRole].map(([role, members]) => ({ role, members })), etag: row.etag };
}

/** Writes the whole policy anew. The caller holds the lock of the organization. */
export async function replacePolicy(
  tx: Tx,
  resource: PolicyResource,
  { bindings, etag }: { readonly bindings: readonly PolicyBinding[]; readonly etag: string },
): Promise<void> {
  const key = await ensurePolicy(tx, resource);
  await tx.updateTable("iam_policies").set({ etag }).where("resource", "=", key).execute();
  await tx.deleteFrom("role_bindings").where("resource", "=", key).execute();
  const rows = bindings
    .flatMap(({ role, members }) => members.map((member) => ({ role, member })))
    .map(({ role, member }, position) => ({
      resource: key,
      role,
      position,
      principal_id: member.kind === "group" ? null : member.id,
      group_id: member.kind === "group" ? member.id : null,
    }));
  await inChunks(rows, async (chunk) => {
    await tx.insertInto("role_bindings").values(chunk).execute();
    return [];
  });
}

/** What these ids are in the organization; what is neither a person, a service principal nor a group of it is left out. */
export async function findMemberKinds(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MemberKind>> {
  const unique = [...new Set(ids)];
  const principals = await inChunks(unique, (chunk) =>
    db
      .selectFrom("principals")
      .select(["id", "kind"])
      .where("kind", "=", "service_principal")
      .where("organization_id", "=", organizationId)
      .where("id", "in", chunk)
      .unionAll(
        db
          .selectFrom("organization_memberships as m")
          .select(["m.principal_id as id", sql<string>`'user'`.as("kind")])
          .where("m.organization_id", "=", organizationId)
          .where("m.status", "=", "active")
          .where("m.principal_id", "in", chunk),
      )
      .execute(),
  );
  const groups = await inChunks(unique, (chunk) =>
    db
      .selectFrom("groups")
      .select("id")
      .where("organization_id", "=", organizationId)
      .where("id", "in", chunk)
      .execute(),
  );
  return new Map<string, MemberKind>([
    ...principals.map(({ id, kind }) => [id, kind as MemberKind] as const),
    ...groups.map(({ id }) => [id, "group"] as const),
  ]);
}

/** Whether anybody could still say who may do what in the organization: in person, through a group or as an owner. */
export async function hasAdministrator(db: Db, organizationId: string): Promise<boolean> {
  const owner = await db
    .selectFrom("team_members as tm")
    .innerJoin("teams as t", "t.id", "tm.team_id")
    .innerJoin("organization_memberships as m", (j) =>
      j.onRef("m.principal_id", "=", "tm.principal_id").onRef("m.organization_id", "=", "t.organization_id"),
    )
    .select("tm.principal_id")
    .where("t.organization_id", "=", organizationId)
    .where("t.name", "=", ownersTeam)
    .where("m.status", "=", "active")
    .limit(1)
    .executeTakeFirst();
  if (owner !== undefined) return true;
  const row = await db
    .selectFrom("role_bindings as b")
    .leftJoin("group_members as m", "m.group_id", "b.group_id")
    .select("b.role")
    .where("b.resource", "=", resourceKey({ kind: "organization", organizationId }))
    .where("b.role", "in", ["owner", "admin"])
    .where((e) => e.or([e("b.principal_id", "is not", null), e("m.principal_id", "is not", null)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findGroupId(db: Db, organizationId: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("groups")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.id;
}
