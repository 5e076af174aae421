import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { prepareQuery } from "../../db/prepared-query.ts";
import type { Grant } from "./actor.ts";
import type { AssignableRole, Role } from "./roles.ts";

/** The team that owns its organization; whoever is in it does everything. */
export const ownersTeam = "owners";

/** What a principal may do, by roles of its own, of its groups and of its teams, and as a member. One statement. */
export async function loadGrants(
  db: Db,
  principalId: string,
): Promise<{ readonly grants: Grant[]; readonly managedGroups: string[] }> {
  const rows = await findGrants(db, { principalId });
  return {
    grants: rows
      .filter(({ group_id: groupId }) => groupId === null)
      .map((row) => ({
        role: row.role as Role,
        organizationId: row.organization_id,
        projectId: row.project_id ?? row.bucket_project_id,
        bucketName: row.bucket_name,
      })),
    // A group has one role to give.
    managedGroups: [...new Set(rows.flatMap(({ group_id: groupId }) => groupId ?? []))],
  };
}

const findGrants = prepareQuery((db, { principalId }: { principalId: string }) =>
  bindings(db)
    .where("b.principal_id", "=", principalId)
    .unionAll(
      bindings(db)
        .innerJoin("group_members as m", "m.group_id", "b.group_id")
        .where("m.principal_id", "=", principalId),
    )
    .unionAll(
      db
        .selectFrom("organization_memberships as m")
        .innerJoin("organizations as o", "o.id", "m.organization_id")
        .where("m.principal_id", "=", principalId)
        .where("m.status", "=", "active")
        .where("o.deleted_at", "is", null)
        .select([roleOf("member"), "m.organization_id", ...inAllOfIt]),
    )
    .unionAll(
      db
        .selectFrom("teams as t")
        .innerJoin("organizations as o", "o.id", "t.organization_id")
        .where("t.name", "=", ownersTeam)
        .where("o.deleted_at", "is", null)
        // Itself, or one that this person is in: for as long as the person is in the organization.
        .where((e) =>
          e.or([
            e("t.id", "=", principalId),
            e.exists(
              e
                .selectFrom("team_members as tm")
                .innerJoin("organization_memberships as m", "m.principal_id", "tm.principal_id")
                .select("tm.team_id")
                .where("tm.principal_id", "=", principalId)
                .whereRef("tm.team_id", "=", "t.id")
                .whereRef("m.organization_id", "=", "t.organization_id")
                .where("m.status", "=", "active"),
            ),
          ]),
        )
        .select([roleOf("owner"), "t.organization_id", ...inAllOfIt]),
    ),
);

function bindings(db: Db) {
  return db
    .selectFrom("role_bindings as b")
    .innerJoin("iam_policies as p", "p.resource", "b.resource")
    .innerJoin("organizations as o", "o.id", "p.organization_id")
    .leftJoin("buckets as k", "k.id", "p.bucket_id")
    .select([
      "b.role",
      "p.organization_id",
      "p.project_id",
      "p.group_id",
      "k.project_id as bucket_project_id",
      "k.name as bucket_name",
    ])
    .where("o.deleted_at", "is", null);
}

function roleOf(role: Role) {
  return sql<string>`${sql.lit(role)}`.as("role");
}

const none = sql<string | null>`cast(null as text)`;
const inAllOfIt = [
  none.as("project_id"),
  none.as("group_id"),
  none.as("bucket_project_id"),
  none.as("bucket_name"),
] as const;

/** What a policy is about. */
export type PolicyResource =
  | { readonly kind: "organization"; readonly organizationId: string }
  | { readonly kind: "project"; readonly organizationId: string; readonly projectId: string }
  | { readonly kind: "bucket"; readonly organizationId: string; readonly bucketId: string }
  | { readonly kind: "group"; readonly organizationId: string; readonly groupId: string };

/** The key of a resource in the tables of policies. */
export function resourceKey(resource: PolicyResource): string {
  switch (resource.kind) {
    case "organization":
      return `organization/${resource.organizationId}`;
    case "project":
      return `project/${resource.projectId}`;
    case "bucket":
      return `bucket/${resource.bucketId}`;
    case "group":
      return `group/${resource.groupId}`;
  }
}

/** Who holds a role: a principal or a group. */
export type Member =
  | { readonly principalId: string; readonly groupId?: never }
  | { readonly groupId: string; readonly principalId?: never };

/** Makes the policy of a resource when it has none; its etag is empty until somebody sets it as a whole. */
export async function ensurePolicy(db: Db, resource: PolicyResource): Promise<string> {
  const key = resourceKey(resource);
  await db
    .insertInto("iam_policies")
    .values({
      resource: key,
      organization_id: resource.organizationId,
      project_id: resource.kind === "project" ? resource.projectId : null,
      bucket_id: resource.kind === "bucket" ? resource.bucketId : null,
      group_id: resource.kind === "group" ? resource.groupId : null,
      etag: "",
    })
    .onConflict((c) => c.column("resource").doNothing())
    .execute();
  return key;
}

/** Gives a role after all that were given before; once given it stays as it is. */
export async function grantRole(db: Db, resource: PolicyResource, role: AssignableRole, member: Member): Promise<void> {
  const key = await ensurePolicy(db, resource);
  await db
    .insertInto("role_bindings")
    .values((e) => ({
      resource: key,
      role,
      position: e
        .selectFrom("role_bindings")
        .select((s) => s(s.fn.coalesce(s.fn.max("position"), s.lit(-1)), "+", s.lit(1)).as("position"))
        .where("resource", "=", key),
      principal_id: member.principalId ?? null,
      group_id: member.groupId ?? null,
    }))
    .onConflict((c) => c.doNothing())
    .execute();
}
