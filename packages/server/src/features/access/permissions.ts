/**
 * Everything a route can need. One table for all planes: a permission is about the product noun, never about the wire.
 * The verb is `read`, `write`, or the one act that needs its own line.
 */
export const permissions = [
  "organization:read",
  "organization:write",
  "project:read",
  "project:create",
  "project:write",
  "principal:read",
  "principal:write",
  "group:read",
  "group:write",
  "registry:read",
  "registry:write",
  "channel:read-restricted",
  "channel:write",
  "version:revoke",
  "registry:admin",
  "workspace:read",
  "workspace:write",
  "workspace:delete",
  "workspace:lock",
  "variable:read",
  "variable:write",
  "run:read",
  "run:create",
  "run:apply",
  "assessment:run",
  "state:read",
  "state:write",
  "image-use:read",
  "channel:consume",
  "event:read",
  "assessment:read",
  "assessment:run",
  "alert:read",
  "notification:read",
  "notification:write",
  "runner:manage",
  "runner:work",
  "audit:read",
] as const;

export type Permission = (typeof permissions)[number];

/** `run` and `runner` are given by the server to the credentials it makes itself; the others are given to people. */
export type Role = "viewer" | "contributor" | "admin" | "run" | "runner";

const viewer: readonly Permission[] = [
  "organization:read",
  "project:read",
  "principal:read",
  "group:read",
  "registry:read",
  "workspace:read",
  "variable:read",
  "run:read",
  "image-use:read",
  "channel:consume",
  "event:read",
  "assessment:read",
  "alert:read",
  "notification:read",
];

const contributor: readonly Permission[] = [
  ...viewer,
  "project:create",
  "registry:write",
  "channel:read-restricted",
  "channel:write",
  "version:revoke",
  "workspace:write",
  "workspace:lock",
  "variable:write",
  "run:create",
  "run:apply",
  "assessment:run",
  "state:read",
  "state:write",
];

const granted: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(viewer),
  contributor: new Set(contributor),
  admin: new Set(permissions.filter((p) => p !== "runner:work")),
  // What a configuration may do with the credential in its environment: read images. States are read by their owners.
  run: new Set<Permission>(["organization:read", "project:read", "registry:read", "channel:consume"]),
  runner: new Set<Permission>(["runner:work"]),
};

export function roleMay(role: Role, permission: Permission): boolean {
  return granted[role].has(permission);
}
