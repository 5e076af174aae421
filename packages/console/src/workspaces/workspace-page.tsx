import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { WorkspaceHealthView } from "../health/workspace-health.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty, Loading } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { workspaceTabs, type WorkspaceTab } from "./workspace-tabs.ts";
import { LockButton } from "./lock-button.tsx";
import { StartRunButton } from "../runs/start/start-run-button.tsx";
import { WorkspaceImages } from "./workspace-images.tsx";
import { WorkspaceOverview } from "./workspace-overview.tsx";
import { workspaceIdQuery, workspaceQuery, type WorkspaceDetail } from "./workspace-queries.ts";
import { WorkspaceRuns } from "./workspace-runs.tsx";
import { WorkspaceSettings } from "./settings/workspace-settings.tsx";
import { WorkspaceStates } from "./states/workspace-states.tsx";
import { WorkspaceVariables } from "./variables/workspace-variables.tsx";
import { workspaceResourceQuery, type WorkspaceResource } from "./workspace-resource.ts";

/** One workspace by its id, or by its name for whoever types the address. */
export function WorkspacePage() {
  const { workspaceId = "" } = useParams({ strict: false });
  const session = useSession();
  return workspaceId.startsWith("ws-") ? (
    <WorkspaceById key={workspaceId} id={workspaceId} />
  ) : (
    <WorkspaceByName key={workspaceId} organization={session.organization.name} name={workspaceId} />
  );
}

/** One workspace at the address that the Terraform API names. */
export function LinkedWorkspacePage() {
  const { organization = "", workspace = "" } = useParams({ strict: false });
  const session = useSession();
  if (organization !== session.organization.name) {
    return (
      <>
        <PageHeader title={workspace} />
        <Empty title={`This workspace belongs to the organization ${organization}`}>
          {`You are signed in to ${session.organization.name}. Sign in with a token of that organization to see it.`}
        </Empty>
      </>
    );
  }
  return <WorkspaceByName key={workspace} organization={organization} name={workspace} />;
}

function WorkspaceByName({ organization, name }: { readonly organization: string; readonly name: string }) {
  const may = useMay();
  const query = useQuery({ ...workspaceIdQuery(organization, name), enabled: may("workspace:read") });
  if (query.data !== undefined) return <WorkspaceById id={query.data} />;
  return <Unloaded title={name} query={query} />;
}

function WorkspaceById({ id }: { readonly id: string }) {
  const may = useMay();
  const query = useQuery({ ...workspaceQuery(id), enabled: may("workspace:read") });
  if (query.data !== undefined) return <WorkspaceScreen workspace={query.data} />;
  return <Unloaded title="Workspace" query={query} />;
}

function Unloaded(props: {
  readonly title: string;
  readonly query: Parameters<typeof QueryView<unknown>>[0]["query"];
}) {
  return (
    <>
      <PageHeader title={props.title} trail={[<WorkspacesLink key="workspaces" />]} />
      <QueryView query={props.query} needs="workspace:read" what="This workspace" loading={<Loading rows={8} />}>
        {() => null}
      </QueryView>
    </>
  );
}

function WorkspacesLink() {
  return <PageLink to="/workspaces">Workspaces</PageLink>;
}

const labels: Readonly<Record<WorkspaceTab, string>> = {
  overview: "Overview",
  images: "Images",
  runs: "Runs",
  variables: "Variables",
  states: "State",
  health: "Health",
  settings: "Settings",
};

function WorkspaceScreen({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab = search.tab ?? "overview";
  const resource = useQuery(workspaceResourceQuery(workspace.id));
  const withResource = (show: (resource: WorkspaceResource) => ReactNode) => (
    <QueryView query={resource} what="This workspace">
      {show}
    </QueryView>
  );
  const content: Readonly<Record<WorkspaceTab, () => ReactNode>> = {
    overview: () => <WorkspaceOverview workspace={workspace} />,
    images: () => <WorkspaceImages workspace={workspace} />,
    runs: () => <WorkspaceRuns workspace={workspace} />,
    health: () => <WorkspaceHealthView workspace={workspace} />,
    variables: () => withResource((resource) => <WorkspaceVariables workspace={resource} />),
    states: () => withResource((resource) => <WorkspaceStates workspace={resource} />),
    settings: () => withResource((resource) => <WorkspaceSettings workspace={workspace} resource={resource} />),
  };
  return (
    <>
      <PageHeader
        title={workspace.name}
        trail={[<WorkspacesLink key="workspaces" />]}
        status={<StatusBadge of="health" status={workspace.health} />}
        description={`${workspace.project.name} · ${plural(workspace.resource_count, "resource")} · ${
          workspace.settings.auto_apply ? "applies by itself" : "applies after approval"
        }`}
        actions={
          <>
            <LockButton workspace={workspace} />
            <StartRunButton workspace={workspace} />
          </>
        }
      />
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({
            to: ".",
            search: { tab: value as WorkspaceTab },
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {workspaceTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {workspaceTabs.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {content[name]()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
