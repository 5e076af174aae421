import { DomainError } from "../../platform/errors.ts";
import { seenBy, smallestLevel, type Permission } from "./permissions.ts";
import { roleMay, type Role } from "./roles.ts";

export type ActorKind = "user" | "service_principal" | "run" | "runner" | "team" | "organization" | "task";

/** Of the runners that come with the server: they work for all of its organizations. */
export const everyOrganization = "*";

/** A role somewhere. */
export interface Grant {
  readonly role: Role;
  /** Or {@link everyOrganization}. */
  readonly organizationId: string;
  /** Null: in the whole organization. */
  readonly projectId: string | null;
  /** Null: in the whole project. */
  readonly bucketName: string | null;
  /** The only workspace in which it counts; absent: in all. */
  readonly workspaceId?: string | null;
  /** What it gives where this is more, or less, than the role's name says: a team's access. */
  readonly permissions?: ReadonlySet<Permission>;
}

/** Who is calling, resolved once per request from its credential. */
export interface Actor {
  readonly kind: ActorKind;
  /** The principal's id; for a run credential the run's id, for that of an assessment the workspace's. */
  readonly id: string;
  /** What is written as author: the name of a service principal, the e-mail (or name) of a person. */
  readonly name: string;
  /**
   * The organization that the request is about where its path says so, else its home: what is meant where a plane leaves it
   * open. Whoever has a resource at hand takes the resource's own: persons are in several organizations.
   */
  readonly organizationId: string;
  /** Its own and those of its groups and teams, in all its organizations. They add up: what one gives, no other takes away. */
  readonly grants: readonly Grant[];
  /** Organizations that it is in and that take no token of persons, such as this one; absent: none. */
  readonly closedTo?: readonly string[];
  /** The groups that it manages; absent: none. Apart from the grants, which are roles in places and what lies in them. */
  readonly managedGroups?: readonly string[];
  /** What the route that is served asks of its caller: {@link canSee} checks it. Null: no more than to see. */
  readonly needs: Permission | null;
  /** Set on the credentials of runs and assessments only: the workspace whose configuration is asking. */
  readonly workspaceId: string | null;
  /** Null for an assessment. */
  readonly runId: string | null;
  /** What it authenticated with; for the audit trail only. */
  readonly credential?: Credential;
}

export interface Credential {
  /** `at-…`; never the token itself. */
  readonly tokenId: string;
  /** Of the service principal key that the token was minted from; null for any other token. */
  readonly clientId: string | null;
}

/** Where something lives: the unit of tenancy that both planes see. */
export interface Place {
  readonly organizationId: string;
  readonly projectId: string;
}

/** A place, the organization itself (no project), one workspace or one bucket. */
export interface Where {
  readonly organizationId: string;
  readonly projectId?: string | null;
  readonly workspaceId?: string | null;
  readonly bucketName?: string;
  /** A group of the organization. */
  readonly groupId?: string;
}

/**
 * The door of everything that lives in a project: whether the actor may do at this place what its request is about. False
 * when it cannot see it: then whatever is asked for answers as missing. Errors: forbidden/role_too_low, when it may see it
 * but not do this.
 */
export function canSee(actor: Actor, where: Where): boolean {
  if (actor.needs === null) return may(actor, where.bucketName === undefined ? "project:read" : "registry:read", where);
  if (may(actor, actor.needs, where)) return true;
  if (!may(actor, seenBy(actor.needs), where)) return false;
  throw roleTooLow(actor, actor.needs, where);
}

/**
 * The door of what belongs to the organization as a whole, or of one of its groups. Errors: forbidden/role_too_low.
 */
export function checkOrganizationWide(actor: Actor, groupId?: string): void {
  const where = { organizationId: actor.organizationId, ...(groupId === undefined ? {} : { groupId }) };
  if (actor.needs !== null && !may(actor, actor.needs, where)) throw roleTooLow(actor, actor.needs, where);
}

/** Whether some role of the actor gives this permission there. */
export function may(actor: Actor, permission: Permission, where: Where): boolean {
  const ofGroup = where.groupId !== undefined && where.organizationId === actor.organizationId;
  if (ofGroup && actor.managedGroups?.includes(where.groupId) === true) {
    if (roleMay("group-manager", permission)) return true;
  }
  return actor.grants.some((grant) => gives(grant, permission, where));
}

/** Whether there is any place where the actor has this permission: what can be refused before a resource is looked up. */
export function mayAnywhere(actor: Actor, permission: Permission): boolean {
  const manages = actor.managedGroups !== undefined && actor.managedGroups.length > 0;
  if (manages && roleMay("group-manager", permission)) return true;
  return actor.grants.some((grant) => isGiven(grant, permission));
}

// Whoever has a role in something knows what that lies in, by name; of the organization also who else is in it.
const ofEnclosingProject: ReadonlySet<Permission> = new Set<Permission>(["organization:read", "project:read"]);
const ofEnclosingOrganization: ReadonlySet<Permission> = new Set<Permission>([
  "organization:read",
  "principal:read",
  "group:read",
]);

function isGiven(grant: Grant, permission: Permission): boolean {
  const level = smallestLevel(permission);
  if (level === "organization" && grant.projectId !== null) return false;
  if (level === "project" && (grant.bucketName !== null || grant.workspaceId != null)) return false;
  return holds(grant, permission);
}

function holds({ role, permissions }: Grant, permission: Permission): boolean {
  return permissions === undefined ? roleMay(role, permission) : permissions.has(permission);
}

function countsIn(grant: Grant, organizationId: string): boolean {
  return grant.organizationId === organizationId || grant.organizationId === everyOrganization;
}

function gives(grant: Grant, permission: Permission, where: Where): boolean {
  if (!countsIn(grant, where.organizationId) || !isGiven(grant, permission)) return false;
  if (grant.projectId === null) return true;
  if (where.projectId == null) return ofEnclosingOrganization.has(permission);
  if (grant.projectId !== where.projectId) return false;
  if (grant.workspaceId != null) {
    return where.workspaceId == null ? ofEnclosingProject.has(permission) : grant.workspaceId === where.workspaceId;
  }
  if (grant.bucketName === null) return true;
  return where.bucketName === undefined ? ofEnclosingProject.has(permission) : grant.bucketName === where.bucketName;
}

/** The projects of the organization with what a list may show; null: all of them. Never a text from a request. */
export type ProjectScope = readonly string[] | null;

/**
 * Where the actor has a permission in its organization, as lists ask for it; default: the permission that the route needs.
 * A role at a bucket counts for no more than the name of its project. For another organization: {@link actingIn}.
 */
export function projectScope(actor: Actor, permission: Permission | null = actor.needs): ProjectScope {
  const asked = permission ?? "project:read";
  const { organizationId } = actor;
  const grants = actor.grants.filter((grant) => countsIn(grant, organizationId));
  if (grants.some((grant) => grant.projectId === null && holds(grant, asked))) return null;
  const projectIds = new Set(grants.flatMap((grant) => grant.projectId ?? []));
  return [...projectIds].filter((projectId) => may(actor, asked, { organizationId, projectId }));
}

/** What lists of workspaces, and of what belongs to them, may show: all in some projects, and single ones elsewhere. */
export interface WorkspaceScope {
  readonly projects: ProjectScope;
  readonly workspaces: readonly string[];
}

/** As {@link projectScope}, with the workspaces in which the actor has access of its own. */
export function workspaceScope(actor: Actor, permission: Permission | null = actor.needs): WorkspaceScope {
  const projects = projectScope(actor, permission);
  const asked = permission ?? "workspace:read";
  const { grants } = actingIn(actor, actor.organizationId);
  const workspaces = grants.flatMap((grant) =>
    grant.workspaceId != null && projects !== null && holds(grant, asked) ? [grant.workspaceId] : [],
  );
  return { projects, workspaces: [...new Set(workspaces)] };
}

/** Where a runner finds work: in one organization, or (null) in all of them. */
export interface WorkScope {
  readonly organizationId: string | null;
  readonly projects: ProjectScope;
}

/** Where an actor may work on runs. */
export function workScope(actor: Actor): WorkScope {
  const everywhere = actor.grants.some((grant) => grant.organizationId === everyOrganization);
  return { organizationId: everywhere ? null : actor.organizationId, projects: projectScope(actor) };
}

/** The buckets of a project that a list may show, by name; null: all of them. Undefined: none. */
export function bucketScope(
  actor: Actor,
  place: Place,
  permission: Permission = actor.needs ?? "registry:read",
): readonly string[] | null | undefined {
  if (may(actor, permission, place)) return null;
  const names = actor.grants.flatMap(({ projectId, bucketName }) =>
    projectId === place.projectId && bucketName !== null && may(actor, permission, { ...place, bucketName })
      ? [bucketName]
      : [],
  );
  return names.length === 0 ? undefined : [...new Set(names)];
}

/** What is left of grants in one project: a credential can be worth less than its principal. */
export function confineGrants(grants: readonly Grant[], place: Place): Grant[] {
  const { organizationId, projectId } = place;
  return grants.flatMap((grant) => {
    if (grant.organizationId !== organizationId) return [];
    if (grant.projectId === null) return [{ ...grant, projectId }];
    return grant.projectId === projectId ? [grant] : [];
  });
}

/** Buckets as lists ask for them: all of some projects, and some of others. */
export interface BucketScope {
  readonly projects: ProjectScope;
  readonly buckets: readonly { readonly projectId: string; readonly name: string }[];
}

/** As {@link projectScope}, with the buckets in which the actor has a role of its own. */
export function bucketsInScope(actor: Actor, permission: Permission | null = actor.needs): BucketScope {
  const projects = projectScope(actor, permission);
  const asked = permission ?? "registry:read";
  const { grants } = actingIn(actor, actor.organizationId);
  const buckets = grants.flatMap((grant) => {
    const { projectId, bucketName } = grant;
    return projectId !== null && bucketName !== null && projects?.includes(projectId) === false && holds(grant, asked)
      ? [{ projectId, name: bucketName }]
      : [];
  });
  return { projects, buckets };
}

/** Whether the actor holds anything at all in this organization. */
export function isIn(actor: Actor, organizationId: string): boolean {
  return actor.grants.some((grant) => countsIn(grant, organizationId));
}

/** The same actor as far as this organization is concerned, and no other. */
export function actingIn(actor: Actor, organizationId: string): Actor {
  return {
    ...actor,
    organizationId,
    grants: actor.grants.filter((grant) => countsIn(grant, organizationId)),
  };
}

/** The same actor, serving a route that needs this. */
export function actingWith(actor: Actor, needs: Permission | null): Actor {
  return { ...actor, needs };
}

/** What the actor is called at a place, for people: its roles there, or all of them. */
export function roleNames(actor: Actor, where?: Where): string {
  const held = actingIn(actor, where?.organizationId ?? actor.organizationId).grants.filter(
    (grant) =>
      where === undefined ||
      grant.projectId === null ||
      (grant.projectId === where.projectId && (grant.bucketName === null || grant.bucketName === where.bucketName)),
  );
  // That somebody is a member goes without saying.
  const names = new Set(held.map((grant) => grant.role).filter((role) => role !== "member"));
  return [...names].sort().join(", ") || "none";
}

/** Names the roles and the permission, so that somebody knows what to ask for. */
export function roleTooLow(actor: Actor, permission: Permission, where?: Where): DomainError {
  const there = where === undefined ? "" : where.bucketName === undefined ? " there" : " for this bucket";
  return new DomainError(
    "forbidden",
    "role_too_low",
    `This credential (role ${roleNames(actor, where)}) lacks the permission ${permission}${there}. Ask an administrator of the organization for it.`,
  );
}
