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
    label: "Being told",
    sections: [{ to: "/settings", label: "Notifications" }],
  },
  {
    label: "Images",
    sections: [{ to: "/settings/registry", label: "Registry" }],
  },
  {
    label: "Runs",
    sections: [{ to: "/settings/runners", label: "Runners" }],
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
