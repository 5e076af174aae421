import type { Team } from "./people-queries.ts";

type Flag = Team["organization_access"][number];

interface FlagGroup {
  readonly title: string;
  readonly flags: readonly { readonly flag: Flag; readonly label: string }[];
}

/** What a team may be given in the whole organization, in the words of people. */
export const flagGroups: readonly FlagGroup[] = [
  {
    title: "Projects and workspaces",
    flags: [
      { flag: "read-projects", label: "Read all projects" },
      { flag: "manage-projects", label: "Manage all projects, with their workspaces" },
      { flag: "read-workspaces", label: "Read all workspaces" },
      { flag: "manage-workspaces", label: "Manage all workspaces" },
    ],
  },
  {
    title: "People",
    flags: [
      { flag: "manage-membership", label: "Invite and remove members" },
      { flag: "manage-teams", label: "Manage teams" },
      { flag: "manage-organization-access", label: "Give teams access to the organization" },
      { flag: "access-secret-teams", label: "See secret teams" },
    ],
  },
  {
    title: "Runs",
    flags: [
      { flag: "manage-policies", label: "Manage policies" },
      { flag: "manage-policy-overrides", label: "Override policies" },
      { flag: "manage-run-tasks", label: "Manage run tasks" },
      { flag: "manage-agent-pools", label: "Manage agent pools and runners" },
    ],
  },
];

const labels = new Map(flagGroups.flatMap(({ flags }) => flags.map(({ flag, label }) => [flag, label] as const)));

/** The others are about services that this server does not have: kept as they are, and not shown. */
export function wordsOfFlags(flags: readonly Flag[]): string[] {
  return [...labels].flatMap(([flag, label]) => (flags.includes(flag) ? [label] : []));
}

/** The access after the shown flags were chosen anew. */
export function withFlags(before: readonly Flag[], chosen: readonly string[]): Flag[] {
  return [...before.filter((flag) => !labels.has(flag)), ...[...labels.keys()].filter((flag) => chosen.includes(flag))];
}

/** What a level of access lets a team do. */
export const levelWords: Readonly<Record<string, { readonly label: string; readonly meaning: string }>> = {
  read: { label: "Read", meaning: "See runs, variables that are not sensitive, and states." },
  plan: { label: "Plan", meaning: "Read, and start runs that wait for somebody else's approval." },
  write: { label: "Write", meaning: "Start and approve runs, change variables and states, lock." },
  maintain: { label: "Maintain", meaning: "Administer the workspaces, and make and delete some." },
  admin: { label: "Admin", meaning: "Everything here, who has access included." },
  custom: { label: "Custom", meaning: "A choice of details, made through the API of HCP Terraform." },
};
