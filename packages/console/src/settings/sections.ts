interface Section {
  readonly to: string;
  readonly label: string;
}

interface SectionGroup {
  readonly label: string;
  readonly sections: readonly Section[];
}

/** What the settings of an organization consist of. The routes are in `routes.ts`. */
export const settingsGroups = [
  {
    label: "Organization",
    sections: [{ to: "/settings/organization", label: "Defaults" }],
  },
  {
    label: "Being told",
    sections: [{ to: "/settings", label: "Notifications" }],
  },
  {
    label: "Images",
    sections: [{ to: "/settings/registry", label: "Registry" }],
  },
  {
    label: "Runs",
    sections: [
      { to: "/settings/variable-sets", label: "Variable sets" },
      { to: "/settings/policies", label: "Policies" },
      { to: "/settings/run-tasks", label: "Run tasks" },
      { to: "/settings/runners", label: "Runners" },
      { to: "/settings/ssh-keys", label: "SSH keys" },
    ],
  },
  {
    label: "Access",
    sections: [
      { to: "/settings/tokens", label: "Tokens" },
      { to: "/settings/audit", label: "Audit" },
    ],
  },
] as const satisfies readonly SectionGroup[];

export type SettingsPath = (typeof settingsGroups)[number]["sections"][number]["to"];
