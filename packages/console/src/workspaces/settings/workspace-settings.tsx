import { SegmentedControl, Stack } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Notice } from "../../parts/notice.tsx";
import { TeamAccessPanel } from "../../people/team-access.tsx";
import { Configurations } from "../../settings/configurations.tsx";
import type { WorkspaceDetail } from "../workspace-queries.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";
import { settingsSections, type SettingsSection } from "../workspace-tabs.ts";
import { AutoDestroyPanel } from "./auto-destroy-panel.tsx";
import { DeletePanel } from "./delete-panel.tsx";
import { ExecutionPanel } from "./execution-panel.tsx";
import { GeneralPanel } from "./general-panel.tsx";
import { ImagesSettings } from "./images-settings.tsx";
import { SharingPanel } from "./sharing-panel.tsx";
import { TasksPanel } from "./tasks-panel.tsx";
import { TriggersPanel } from "./triggers-panel.tsx";

const labels: Readonly<Record<SettingsSection, string>> = {
  general: "General",
  runs: "Runs",
  state: "State and end",
  images: "Images and health",
  notifications: "Notifications",
  access: "Access",
};

/** The settings of a workspace, a section at a time; which one is in the address. */
export function WorkspaceSettings(props: {
  readonly workspace: WorkspaceDetail;
  readonly resource: WorkspaceResource;
}) {
  const { workspace, resource } = props;
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const section = search.section ?? "general";
  const contents: Readonly<Record<SettingsSection, () => ReactNode>> = {
    general: () => (
      <>
        <GeneralPanel workspace={resource} />
        <ExecutionPanel workspace={resource} />
        <DeletePanel workspace={resource} />
      </>
    ),
    runs: () => (
      <>
        <TasksPanel workspace={resource} />
        <TriggersPanel workspace={resource} />
      </>
    ),
    state: () => (
      <>
        <SharingPanel workspace={resource} />
        <AutoDestroyPanel workspace={resource} />
      </>
    ),
    images: () => <ImagesSettings workspace={workspace} />,
    notifications: () => <Configurations workspace={workspace} />,
    access: () => <TeamAccessPanel place={{ kind: "workspace", id: workspace.id }} name={workspace.name} />,
  };
  return (
    <Stack gap="md" maw={900}>
      <div style={{ overflowX: "auto" }}>
        <SegmentedControl
          aria-label="Section of the settings"
          data={settingsSections.map((value) => ({ value, label: labels[value] }))}
          value={section}
          onChange={(value) => void navigate({ to: ".", search: (before) => ({ ...before, section: value }) })}
        />
      </div>
      {resource.attributes.permissions["can-update"] !== true && (
        <Notice tone="quiet" icon={IconLock}>
          Your role may see these settings and not change them.
        </Notice>
      )}
      {contents[section]()}
    </Stack>
  );
}
