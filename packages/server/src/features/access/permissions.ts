/**
 * Everything a route can need. One table for all planes: a permission is about the product noun, never about the wire.
 * The verb is `read`, `write`, or the one act that needs its own line.
 */
export const permissions = [
  "organization:read",
  "organization:write",
  "organization:manage-tokens",
  "membership:write",
  "team:read",
  "team:read-secret",
  "team:write",
  "team:write-access",
  "project:read",
  "project:create",
  "project:write",
  "project:delete",
  "policy:read",
  "policy:write",
  "principal:read",
  "principal:write",
  "group:read",
  "group:write",
  "group:change",
  "registry:read",
  "registry:write",
  "channel:read-restricted",
  "channel:write",
  "version:revoke",
  "registry:admin",
  "advisory:read",
  "advisory:import",
  "workspace:read",
  "workspace:create",
  "workspace:write",
  "workspace:safe-delete",
  "workspace:delete",
  "workspace:move",
  "workspace:administer",
  "workspace:lock",
  "workspace-access:read",
  "workspace-access:write",
  "workspace:manage-tasks",
  "variable:read",
  "variable:write",
  "variable-set:read",
  "variable-set:write",
  "run:read",
  "run:create",
  "run:apply",
  "run:override-policy",
  "run:override-managed",
  "run:force-cancel",
  "run:read-plan-json",
  "assessment:run",
  "explorer-view:write",
  "change-request:create",
  "change-request:archive",
  "state:read-outputs",
  "state:read",
  "state:write",
  "image-use:read",
  "channel:consume",
  "event:read",
  "assessment:read",
  "alert:read",
  "notification:read",
  "notification:write",
  "run-task:read",
  "run-task:write",
  "policy-set:read",
  "policy-set:write",
  "runner:manage",
  "runner:work",
  "task:answer",
  "audit:read",
  "installation:manage",
] as const;

export type Permission = (typeof permissions)[number];

/** What only a role at the organization gives, whatever the role; `group:change` also one at the group. */
const ofTheOrganization: ReadonlySet<Permission> = new Set<Permission>([
  "organization:write",
  "organization:manage-tokens",
  "membership:write",
  "team:read-secret",
  "team:write",
  "team:write-access",
  "project:create",
  "group:write",
  "group:change",
  "advisory:import",
  "run:override-managed",
  "run-task:write",
  "policy-set:write",
  "explorer-view:write",
  "change-request:create",
  "runner:manage",
  "audit:read",
  "installation:manage",
]);

/** What a role at a bucket never gives: who may do what in it is for the administrators of its project. */
const ofTheProject: ReadonlySet<Permission> = new Set<Permission>(["policy:read", "policy:write", "principal:write"]);

/** The smallest thing a role must be given at to give this. */
export function smallestLevel(permission: Permission): "organization" | "project" | "bucket" {
  if (ofTheOrganization.has(permission)) return "organization";
  return ofTheProject.has(permission) ? "project" : "bucket";
}

/**
 * What somebody must be able to read to know at all that the thing exists that this permission is about: without it the
 * thing answers as missing, with it as refused.
 */
export function seenBy(permission: Permission): Permission {
  const noun = permission.slice(0, permission.indexOf(":"));
  switch (noun) {
    case "registry":
    case "version":
      return "registry:read";
    case "channel":
      return permission === "channel:consume" ? "channel:consume" : "registry:read";
    case "workspace":
    case "workspace-access":
    case "variable":
    case "variable-set":
    case "run":
    case "state":
    case "assessment":
    case "explorer-view":
    case "change-request":
      return "workspace:read";
    case "image-use":
    case "event":
    case "alert":
      return permission;
    case "notification":
      return "notification:read";
    case "runner":
      return permission;
    case "project":
    case "policy":
    case "principal":
      return "project:read";
    default:
      return "organization:read";
  }
}
