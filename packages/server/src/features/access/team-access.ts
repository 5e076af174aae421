import type { Permission } from "./permissions.ts";

/** What a team may be given in the whole of its organization. Source: HCP Terraform API, teams, `organization-access`. */
export const organizationFlags = [
  "manage-policies",
  "manage-policy-overrides",
  "delegate-policy-overrides",
  "manage-workspaces",
  "manage-vcs-settings",
  "manage-providers",
  "manage-modules",
  "manage-run-tasks",
  "manage-projects",
  "read-workspaces",
  "read-projects",
  "manage-membership",
  "manage-teams",
  "manage-organization-access",
  "access-secret-teams",
  "manage-agent-pools",
] as const;
export type OrganizationFlag = (typeof organizationFlags)[number];

/** What a custom access to a workspace is made of; fixed levels are a choice of these. */
export interface WorkspaceAccess {
  readonly runs: "read" | "plan" | "apply";
  readonly variables: "none" | "read" | "write";
  readonly stateVersions: "none" | "read-outputs" | "read" | "write";
  readonly sentinelMocks: "none" | "read";
  readonly workspaceLocking: boolean;
  readonly runTasks: boolean;
  readonly policyOverrides: boolean;
}

export type WorkspaceLevel = "read" | "plan" | "write" | "admin" | "custom";
export type ProjectLevel = "read" | "write" | "maintain" | "admin" | "custom";

/** What a custom access to a project is made of; its workspaces apart. */
export interface ProjectAccess {
  readonly settings: "read" | "update" | "delete";
  readonly teams: "none" | "read" | "manage";
  readonly variableSets: "none" | "read" | "write";
}

/** What a custom access to a project gives in its workspaces. */
export interface ProjectWorkspaceAccess extends WorkspaceAccess {
  readonly create: boolean;
  readonly move: boolean;
  readonly delete: boolean;
}

const none: WorkspaceAccess = {
  runs: "read",
  variables: "none",
  stateVersions: "none",
  sentinelMocks: "none",
  workspaceLocking: false,
  runTasks: false,
  policyOverrides: false,
};
const read: WorkspaceAccess = { ...none, variables: "read", stateVersions: "read" };
const write: WorkspaceAccess = {
  ...none,
  runs: "apply",
  variables: "write",
  stateVersions: "write",
  sentinelMocks: "read",
  workspaceLocking: true,
};

/** What each level stands for, as clients are shown it. Source: HCP Terraform, permissions; go-tfe, team access tests. */
export const workspaceLevels: Readonly<Record<WorkspaceLevel, WorkspaceAccess>> = {
  read,
  plan: { ...read, runs: "plan" },
  write,
  admin: { ...write, runTasks: true },
  custom: none,
};

const outside = { create: false, move: false, delete: false };
export const projectLevels: Readonly<Record<ProjectLevel, CustomProjectAccess>> = {
  read: {
    project: { settings: "read", teams: "none", variableSets: "read" },
    workspaces: { ...workspaceLevels.read, ...outside },
  },
  write: {
    project: { settings: "read", teams: "none", variableSets: "write" },
    workspaces: { ...workspaceLevels.write, ...outside },
  },
  maintain: {
    project: { settings: "read", teams: "none", variableSets: "write" },
    workspaces: { ...workspaceLevels.admin, create: true, move: false, delete: true },
  },
  admin: {
    project: { settings: "delete", teams: "manage", variableSets: "write" },
    workspaces: { ...workspaceLevels.admin, create: true, move: true, delete: true },
  },
  custom: {
    project: { settings: "read", teams: "none", variableSets: "none" },
    workspaces: { ...none, ...outside },
  },
};

/** As it was stored; empty: that of a custom level of which nothing is said. */
export function parseWorkspaceAccess(text: string): WorkspaceAccess {
  return text === "" ? none : { ...none, ...(JSON.parse(text) as Partial<WorkspaceAccess>) };
}

export interface CustomProjectAccess {
  readonly project: ProjectAccess;
  readonly workspaces: ProjectWorkspaceAccess;
}

/** As {@link parseWorkspaceAccess}. */
export function parseProjectAccess(text: string): CustomProjectAccess {
  const { project, workspaces } = projectLevels.custom;
  if (text === "") return { project, workspaces };
  const stored = JSON.parse(text) as Partial<CustomProjectAccess>;
  return { project: { ...project, ...stored.project }, workspaces: { ...workspaces, ...stored.workspaces } };
}

const inside: readonly Permission[] = ["organization:read", "project:read"];
const ofAny: readonly Permission[] = [
  ...inside,
  "workspace:read",
  "run:read",
  "assessment:read",
  "image-use:read",
  "event:read",
  "alert:read",
];
const ofAdmin: readonly Permission[] = [
  "workspace:write",
  "workspace:safe-delete",
  "workspace:delete",
  "workspace:administer",
  "workspace:manage-tasks",
  "run:force-cancel",
  "run:read-plan-json",
  "workspace-access:read",
  "workspace-access:write",
  "assessment:run",
  "notification:read",
  "notification:write",
];

function ofWorkspaceAccess(access: WorkspaceAccess): Permission[] {
  const held: [boolean, ...Permission[]][] = [
    [true, ...ofAny],
    [access.runs !== "read", "run:create"],
    [access.runs === "apply", "run:apply", "change-request:archive"],
    [access.variables !== "none", "variable:read"],
    [access.variables === "write", "variable:write"],
    [access.stateVersions !== "none", "state:read-outputs"],
    [access.stateVersions === "read" || access.stateVersions === "write", "state:read"],
    [access.stateVersions === "write", "state:write"],
    [access.workspaceLocking, "workspace:lock"],
    [access.runTasks, "workspace:manage-tasks"],
    [access.policyOverrides, "run:override-policy"],
  ];
  return held.flatMap(([holds, ...permissions]) => (holds ? permissions : []));
}

/** What an access to one workspace lets a team do there. */
export function permissionsInWorkspace(level: WorkspaceLevel, custom: WorkspaceAccess): ReadonlySet<Permission> {
  const access = level === "custom" ? custom : workspaceLevels[level];
  return new Set([...ofWorkspaceAccess(access), ...(level === "admin" ? ofAdmin : [])]);
}

/** What an access to a project lets a team do in it and in its workspaces. */
export function permissionsInProject(level: ProjectLevel, custom: CustomProjectAccess): ReadonlySet<Permission> {
  const { project, workspaces } = level === "custom" ? custom : projectLevels[level];
  const held: [boolean, ...Permission[]][] = [
    [true, ...ofWorkspaceAccess(workspaces)],
    [level === "maintain" || level === "admin", ...ofAdmin],
    [workspaces.create, "workspace:create"],
    [workspaces.move, "workspace:move"],
    [workspaces.delete, "workspace:safe-delete", "workspace:delete"],
    [project.settings !== "read", "project:write"],
    [project.settings === "delete", "project:delete"],
    [project.variableSets !== "none", "variable-set:read"],
    [project.variableSets === "write", "variable-set:write"],
    [project.teams !== "none", "policy:read"],
    [project.teams === "manage", "policy:write"],
  ];
  return new Set(held.flatMap(([holds, ...permissions]) => (holds ? permissions : [])));
}

const ofManagedWorkspaces: readonly Permission[] = [
  ...ofWorkspaceAccess(workspaceLevels.admin),
  ...ofAdmin,
  "workspace:create",
  "variable-set:read",
  "variable-set:write",
  "explorer-view:write",
  "change-request:create",
];
/** Who reads everything may keep questions about it. Source: HCP Terraform API, explorer. */
const ofReaders: readonly Permission[] = [
  ...ofWorkspaceAccess(workspaceLevels.read),
  "variable-set:read",
  "explorer-view:write",
];
const ofManagedMembership: readonly Permission[] = ["membership:write"];
const ofManagedTeams: readonly Permission[] = [...ofManagedMembership, "team:write"];

/** Each flag with what it stands for; those without anything are about services that this server does not have. */
const ofFlag: Readonly<Record<OrganizationFlag, readonly Permission[]>> = {
  "manage-policies": [...ofAny, "policy-set:read", "policy-set:write"],
  "manage-policy-overrides": [...ofAny, "policy-set:read", "run:override-policy"],
  // With it those who administer a workspace override its policies: see loadGrants.
  "delegate-policy-overrides": ["run:override-managed"],
  "manage-workspaces": ofManagedWorkspaces,
  "manage-vcs-settings": [],
  "manage-providers": [],
  "manage-modules": [],
  "manage-run-tasks": ["run-task:read", "run-task:write"],
  "manage-projects": [
    ...ofManagedWorkspaces,
    "workspace:move",
    "project:create",
    "project:write",
    "project:delete",
    "policy:read",
    "policy:write",
  ],
  "read-workspaces": ofReaders,
  "read-projects": ofReaders,
  "manage-membership": ofManagedMembership,
  "manage-teams": ofManagedTeams,
  "manage-organization-access": [...ofManagedTeams, "team:write-access"],
  "access-secret-teams": ["team:read-secret"],
  "manage-agent-pools": ["runner:manage", "workspace:read"],
};

/** What these flags let a team do in its whole organization, with what every member may. */
export function permissionsOfFlags(flags: readonly OrganizationFlag[]): ReadonlySet<Permission> {
  return new Set<Permission>([
    "organization:read",
    "principal:read",
    "team:read",
    ...flags.flatMap((flag) => ofFlag[flag]),
  ]);
}
