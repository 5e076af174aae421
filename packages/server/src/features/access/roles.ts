import { permissions, type Permission } from "./permissions.ts";

/** Where a role can be given. */
export type BindingLevel = "organization" | "project" | "bucket" | "group";

/** The roles that people give to users, service principals and groups. */
export const assignableRoles = [
  "owner",
  "admin",
  "contributor",
  "viewer",
  "browser",
  "project-creator",
  "organization-policies-admin",
  "project-policies-admin",
  "group-admin",
  "group-manager",
] as const;
export type AssignableRole = (typeof assignableRoles)[number];

/**
 * Those that nobody is given: `member` comes with being in an organization, `team` stands for what a team's access says,
 * and the others are of credentials.
 */
export type Role =
  AssignableRole | "member" | "team" | "organization-token" | "audit-trail" | "run" | "runner" | "task";

const browser: readonly Permission[] = ["organization:read", "project:read"];

const viewer: readonly Permission[] = [
  ...browser,
  "principal:read",
  "team:read",
  "group:read",
  "registry:read",
  "advisory:read",
  "workspace:read",
  "variable:read",
  "variable-set:read",
  "run:read",
  "image-use:read",
  "channel:consume",
  "event:read",
  "assessment:read",
  "alert:read",
  "notification:read",
  "run-task:read",
  "policy-set:read",
];

const contributor: readonly Permission[] = [
  ...viewer,
  "project:create",
  "registry:write",
  "channel:read-restricted",
  "channel:write",
  "version:revoke",
  "workspace:create",
  "workspace:write",
  "workspace:move",
  "workspace:safe-delete",
  "workspace:lock",
  "variable:write",
  "variable-set:write",
  "run:create",
  "run:apply",
  "run:read-plan-json",
  "assessment:run",
  "explorer-view:write",
  "change-request:create",
  "change-request:archive",
  "state:read-outputs",
  "state:read",
  "state:write",
];

/** Manages everything of Terraform, and starts nothing. Source: HCP Terraform, API tokens. */
const organizationToken: readonly Permission[] = [
  "organization:read",
  "principal:read",
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
  "explorer-view:write",
  "change-request:create",
  "change-request:archive",
  "variable:read",
  "variable:write",
  "variable-set:read",
  "variable-set:write",
  "run:read",
  "state:read-outputs",
  "state:read",
  "image-use:read",
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
  "audit:read",
];

const admin: readonly Permission[] = permissions.filter((p) => p !== "runner:work" && p !== "task:answer");

interface RoleDefinition {
  readonly levels: readonly BindingLevel[];
  readonly title: string;
  readonly description: string;
  readonly permissions: ReadonlySet<Permission>;
}

function role(
  title: string,
  levels: readonly BindingLevel[],
  description: string,
  held: readonly Permission[],
): RoleDefinition {
  return { title, levels, description, permissions: new Set(held) };
}

/**
 * What each role may do, and where it can be given. The levels follow HCP, where the same names mean the same. Source: HCP
 * documentation, access management and Packer permissions.
 */
export const roles: Record<Role, RoleDefinition> = {
  owner: role("Owner", ["organization"], "Does everything, and cannot be locked out.", admin),
  admin: role("Admin", ["organization", "project", "bucket"], "Does everything.", admin),
  contributor: role(
    "Contributor",
    ["organization", "project", "bucket"],
    "Creates and changes everything but who may do what.",
    contributor,
  ),
  viewer: role("Viewer", ["organization", "project", "bucket"], "Sees everything but what is restricted.", viewer),
  browser: role("Browser", ["organization", "project"], "Sees that the organization and its projects exist.", browser),
  "project-creator": role("Project Creator", ["organization"], "Creates projects.", [
    "organization:read",
    "project:create",
  ]),
  "organization-policies-admin": role(
    "Organization IAM Policies Administrator",
    ["organization"],
    "Says who may do what in the organization and in its projects.",
    [...browser, "policy:read", "policy:write", "principal:read", "group:read"],
  ),
  "project-policies-admin": role(
    "Project IAM Policies Administrator",
    ["project"],
    "Says who may do what in the project.",
    [...browser, "policy:read", "policy:write", "principal:read", "group:read"],
  ),
  "group-admin": role("Group Administrator", ["organization"], "Makes, changes and deletes groups.", [
    "organization:read",
    "principal:read",
    "group:read",
    "group:write",
    "group:change",
  ]),
  "group-manager": role("Group Manager", ["group"], "Changes the group and its members.", [
    "group:read",
    "group:change",
  ]),
  member: role("Member", [], "Sees that the organization exists, and who is in it.", [
    "organization:read",
    "principal:read",
    "team:read",
  ]),
  team: role("Team", [], "Does what the team's access says.", []),
  "organization-token": role(
    "Organization Token",
    [],
    "Manages what Terraform knows of the organization, and starts nothing.",
    organizationToken,
  ),
  "audit-trail": role("Audit Trail", [], "Reads the audit trail.", ["organization:read", "audit:read"]),
  // What a configuration may do with the credential in its environment: read images. States are read by their owners.
  run: role("Run", [], "Reads images.", [...browser, "registry:read", "channel:consume"]),
  runner: role("Runner", [], "Works on runs.", ["runner:work"]),
  // What its credential opens is narrower still: the plan and the configuration of one run, and one answer.
  task: role("Run task", [], "Looks at a run and answers.", ["run:read", "run:read-plan-json", "task:answer"]),
};

export function roleMay(role: Role, permission: Permission): boolean {
  return roles[role].permissions.has(permission);
}
