import {
  assignableRoles,
  permissions,
  roles,
  type AssignableRole,
  type BindingLevel,
  type Permission,
} from "../../features/access/index.ts";
import { DomainError } from "../../platform/errors.ts";

/** Roles as HCP names them. Source: HCP documentation, iam/access-management; terraform-provider-hcp, group_iam_policy. */
export const roleIds: Record<AssignableRole, string> = {
  owner: "roles/owner",
  admin: "roles/admin",
  contributor: "roles/contributor",
  viewer: "roles/viewer",
  browser: "roles/resource-manager.browser",
  "project-creator": "roles/resource-manager.project-creator",
  "organization-policies-admin": "roles/resource-manager.org-iam-policies-admin",
  "project-policies-admin": "roles/resource-manager.project-iam-policies-admin",
  "group-admin": "roles/iam.group-admin",
  "group-manager": "roles/iam.group-manager",
};

const byId = new Map(assignableRoles.map((role) => [roleIds[role], role]));

const ofNoService: Readonly<Record<string, string>> = {
  "roles/iam.sso-admin": "single sign-on",
  "roles/billing.billing-admin": "billing",
};

export function findRoleById(id: string): AssignableRole | undefined {
  return byId.get(id);
}

/** Errors: invalid/role. */
export function parseRoleId(id: string): AssignableRole {
  const role = byId.get(id);
  if (role !== undefined) return role;
  const service = ofNoService[id];
  throw new DomainError(
    "invalid",
    "role",
    service === undefined
      ? `There is no role ${JSON.stringify(id.slice(0, 100))}. The roles are ${[...byId.keys()].join(", ")}.`
      : `The role ${id} cannot be given: this server has no ${service}.`,
  );
}

const resourceTypes: Record<BindingLevel, string> = {
  organization: "hashicorp.resource-manager.organization",
  project: "hashicorp.resource-manager.project",
  bucket: "hashicorp.packer.bucket",
  group: "hashicorp.iam.group",
};

/** The model Role. */
export function presentRole(role: AssignableRole) {
  const { title, description, levels, permissions: held } = roles[role];
  const lowest = levels.at(-1);
  return {
    id: roleIds[role],
    version: 1,
    title,
    description,
    permissions: [...held].map(presentPermission),
    lowest_applicable_resource_types: lowest === undefined ? [] : [resourceTypes[lowest]],
  };
}

const services: Readonly<Record<string, string>> = {
  organization: "resource-manager",
  project: "resource-manager",
  policy: "resource-manager",
  principal: "iam",
  group: "iam",
  registry: "packer",
  channel: "packer",
  version: "packer",
};

/** `<service>.<noun>.<action>`, as HCP writes permissions; the nouns and actions are ours. */
export function presentPermission(permission: Permission): string {
  const [noun = "", action = ""] = permission.split(":");
  return `${services[noun] ?? "terraform"}.${noun}.${action}`;
}

const byName = new Map(permissions.map((permission) => [presentPermission(permission), permission]));

/** Undefined for what is no permission of this server: nobody has it. */
export function parsePermission(name: string): Permission | undefined {
  return byName.get(name);
}
