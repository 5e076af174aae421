import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { prepareQuery } from "../../db/prepared-query.ts";
import type { Grant } from "./actor.ts";
import type { Permission } from "./permissions.ts";
import type { AssignableRole, Role } from "./roles.ts";
import {
  parseProjectAccess,
  parseWorkspaceAccess,
  permissionsInProject,
  permissionsInWorkspace,
  permissionsOfFlags,
  type OrganizationFlag,
  type ProjectLevel,
  type WorkspaceLevel,
} from "./team-access.ts";

/** The team that owns its organization; whoever is in it does everything. */
export const ownersTeam = "owners";

/** What a principal may do, by roles of its own, of its groups and of its teams, and as a member. One statement. */
export async function loadGrants(
  db: Db,
  principalId: string,
): Promise<{
  readonly grants: Grant[];
  readonly managedGroups: string[];
  /** Organizations in which the API tokens of persons do not work. */
  readonly withoutUserTokens: string[];
}> {
  const rows = await findGrants(db, { principalId });
  const grants = rows
    .filter(({ group_id: groupId }) => groupId === null)
    .map((row) => ({
      role: row.role as Role,
      organizationId: row.organization_id,
      projectId: row.project_id ?? row.bucket_project_id,
      bucketName: row.bucket_name,
      ...(row.role === "team" ? accessOf(row) : {}),
    }));
  return {
    grants: withManagedOverrides(grants),
    withoutUserTokens: [
      ...new Set(rows.filter((row) => row.user_tokens_enabled === 0).map((row) => row.organization_id)),
    ],
    // A group has one role to give.
    managedGroups: [...new Set(rows.flatMap(({ group_id: groupId }) => groupId ?? []))],
  };
}

/** Where a team lets its members override policies of what they manage, whatever lets them manage it. */
function withManagedOverrides(grants: readonly Grant[]): Grant[] {
  const delegating = new Set(
    grants.flatMap(({ projectId, permissions, organizationId }) =>
      projectId === null && permissions?.has("run:override-managed") === true ? [organizationId] : [],
    ),
  );
  return grants.map((grant) => {
    const { permissions, organizationId, projectId } = grant;
    if (projectId === null || !delegating.has(organizationId) || permissions?.has("workspace:write") !== true)
      return grant;
    return { ...grant, permissions: new Set<Permission>([...permissions, "run:override-policy"]) };
  });
}

/** What a row of a team gives, and the one workspace in which it does. */
function accessOf(row: {
  readonly workspace_id: string | null;
  readonly level: string | null;
  readonly custom: string | null;
}): Pick<Grant, "permissions" | "workspaceId"> {
  const custom = row.custom ?? "";
  const { workspace_id: workspaceId, level } = row;
  if (level === "organization") {
    return { permissions: permissionsOfFlags(JSON.parse(custom) as OrganizationFlag[]) };
  }
  if (workspaceId !== null) {
    return { workspaceId, permissions: permissionsInWorkspace(level as WorkspaceLevel, parseWorkspaceAccess(custom)) };
  }
  return { permissions: permissionsInProject(level as ProjectLevel, parseProjectAccess(custom)) };
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
        .select([
          roleOf("member"),
          "m.organization_id",
          ...inAllOfIt,
          ...noWorkspace,
          ...noAccess,
          "o.user_tokens_enabled",
        ]),
    )
    .unionAll(
      teamsOf(db, principalId).select([
        sql<string>`case when t.name = ${sql.lit(ownersTeam)} then 'owner' else 'team' end`.as("role"),
        "t.organization_id",
        ...inAllOfIt,
        ...noWorkspace,
        sql<string | null>`'organization'`.as("level"),
        sql<string | null>`t.organization_access`.as("custom"),
        "o.user_tokens_enabled",
      ]),
    )
    .unionAll(
      teamsOf(db, principalId)
        .innerJoin("team_access as a", "a.team_id", "t.id")
        .leftJoin("workspaces as w", "w.id", "a.workspace_id")
        .select([
          roleOf("team"),
          "t.organization_id",
          sql<string | null>`coalesce(w.project_id, a.project_id)`.as("project_id"),
          none.as("group_id"),
          none.as("bucket_project_id"),
          none.as("bucket_name"),
          "a.workspace_id",
          sql<string | null>`a.level`.as("level"),
          sql<string | null>`a.custom`.as("custom"),
          "o.user_tokens_enabled",
        ]),
    ),
);

/** The team that a principal is, and those that it is in for as long as it is in their organization. */
function teamsOf(db: Db, principalId: string) {
  return db
    .selectFrom("teams as t")
    .innerJoin("organizations as o", "o.id", "t.organization_id")
    .where("o.deleted_at", "is", null)
    .where("t.id", "in", (e) =>
      e
        .selectFrom("team_members as tm")
        .innerJoin("teams as mine", "mine.id", "tm.team_id")
        .innerJoin("organization_memberships as m", (j) =>
          j.onRef("m.principal_id", "=", "tm.principal_id").onRef("m.organization_id", "=", "mine.organization_id"),
        )
        .select("tm.team_id")
        .where("tm.principal_id", "=", principalId)
        .where("m.status", "=", "active")
        .unionAll(e.selectFrom("teams as itself").select("itself.id as team_id").where("itself.id", "=", principalId)),
    );
}

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
      ...noWorkspace,
      ...noAccess,
      "o.user_tokens_enabled",
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
const noWorkspace = [none.as("workspace_id")] as const;
const noAccess = [none.as("level"), none.as("custom")] as const;

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

/** Takes from a person all roles in an organization, also those of the groups that it is in there. */
export async function removeRoles(tx: Tx, organizationId: string, principalId: string): Promise<void> {
  await tx
    .deleteFrom("role_bindings")
    .where("principal_id", "=", principalId)
    .where("resource", "in", (e) =>
      e.selectFrom("iam_policies").select("iam_policies.resource").where("organization_id", "=", organizationId),
    )
    .execute();
  await tx
    .deleteFrom("group_members")
    .where("principal_id", "=", principalId)
    .where("group_id", "in", (e) =>
      e.selectFrom("groups").select("groups.id").where("groups.organization_id", "=", organizationId),
    )
    .execute();
}
