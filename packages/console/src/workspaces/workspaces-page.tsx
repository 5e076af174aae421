import { Group, Paper, SegmentedControl, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconBell, IconFolders, IconLock, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { WorkspaceSummary } from "../api/types.ts";
import { healthWords } from "../health/health-states.ts";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { ImageCounts } from "./image-counts.tsx";
import { workspacesQuery } from "./workspace-queries.ts";

const route = getRouteApi("/shell/workspaces");

const statuses = [
  { value: "all", label: "All" },
  { value: "attention", label: "Images need attention" },
  { value: "revoked", label: "Uses revoked images" },
  { value: "behind", label: "Behind" },
];

export function WorkspacesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [typed, setTyped] = useState(search.q ?? "");
  const filter = useDebouncedCallback(
    (q: string) => void navigate({ search: (before) => ({ ...before, q: q === "" ? undefined : q }), replace: true }),
    250,
  );
  const query = useQuery({
    ...workspacesQuery({ q: search.q, status: search.status }),
    enabled: may("workspace:read"),
    placeholderData: keepPreviousData,
  });
  const filtered = search.q !== undefined || search.status !== undefined;

  return (
    <>
      <PageHeader
        title="Workspaces"
        description="Each holds one configuration with its state, its runs, and the images that its resources run."
      />
      <Group mb="sm" gap="sm">
        <TextInput
          aria-label="Find a workspace by its name"
          placeholder="Find by name"
          leftSection={<IconSearch size={15} aria-hidden />}
          w={220}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            filter(event.currentTarget.value.trim());
          }}
        />
        <div style={{ overflowX: "auto", maxWidth: "100%" }}>
          <SegmentedControl
            aria-label="Which workspaces"
            data={statuses}
            value={search.status ?? "all"}
            onChange={(value) =>
              void navigate({ search: (before) => ({ ...before, status: value === "all" ? undefined : value }) })
            }
          />
        </div>
      </Group>
      <Paper withBorder style={{ overflow: "hidden" }}>
        <QueryView
          query={query}
          needs="workspace:read"
          what="The list of workspaces"
          isEmpty={({ workspaces }) => workspaces.length === 0}
          empty={
            filtered ? (
              <Empty icon={IconFolders} title="No workspace fits">
                Choose another name or status.
              </Empty>
            ) : (
              <FirstWorkspace />
            )
          }
        >
          {({ workspaces }) => <WorkspaceTable rows={workspaces} />}
        </QueryView>
      </Paper>
    </>
  );
}

function FirstWorkspace() {
  const { organization } = useSession();
  const text = `terraform {
  cloud {
    hostname     = "${window.location.host}"
    organization = "${organization.name}"
    workspaces {
      name = "machines"
    }
  }
}`;
  return (
    <Empty icon={IconFolders} title="No workspaces yet">
      <Text size="sm" c="dimmed">
        The first terraform init or tofu init with this block makes one. Where the token comes from is said in the{" "}
        <PageLink to="/settings/tokens" underline="always">
          settings
        </PageLink>
        .
      </Text>
      <div style={{ textAlign: "left", width: "100%" }}>
        <Snippet text={text} label="cloud block" />
      </div>
    </Empty>
  );
}

function WorkspaceTable({ rows }: { readonly rows: readonly WorkspaceSummary[] }) {
  return (
    <DataTable
      label="Workspaces"
      rows={rows}
      rowKey={(workspace) => workspace.id}
      minWidth={860}
      columns={[
        {
          key: "name",
          header: "Workspace",
          sortBy: ({ name }) => name,
          cell: (workspace) => (
            <>
              <Group gap={6} wrap="nowrap">
                <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: workspace.id }}>
                  {workspace.name}
                </PageLink>
                {workspace.locked && (
                  <Tooltip label="Locked">
                    <IconLock size={14} aria-label="locked" />
                  </Tooltip>
                )}
              </Group>
              <Text size="xs" c="dimmed">
                {workspace.project.name} · {plural(workspace.resource_count, "resource")}
              </Text>
            </>
          ),
        },
        {
          key: "health",
          header: "Health",
          sortBy: ({ health }) => healthWords.indexOf(health),
          cell: ({ health }) => <StatusBadge of="health" status={health} />,
        },
        { key: "images", header: "Images", cell: ({ images }) => <ImageCounts images={images} /> },
        {
          key: "run",
          header: "Latest run",
          cell: ({ current_run: run }) =>
            run === null ? (
              <Text span size="sm" c="dimmed">
                none
              </Text>
            ) : (
              <Group gap={6} wrap="nowrap">
                <PageLink to="/runs/$runId" params={{ runId: run.id }} underline="never">
                  <StatusBadge of="run" status={run.status} />
                </PageLink>
                <Text span size="xs" c="dimmed">
                  <Time at={run.created_at} />
                </Text>
              </Group>
            ),
        },
        {
          key: "follow",
          header: "Follows channels",
          sortBy: ({ follow }) => follow,
          cell: ({ follow }) => <StatusBadge of="follow" status={follow} />,
        },
        {
          key: "alerts",
          header: "Alerts",
          numeric: true,
          sortBy: (workspace) => -workspace.open_alerts,
          cell: (workspace) =>
            workspace.open_alerts === 0 ? (
              "0"
            ) : (
              <PageLink to="/alerts" search={{ workspace: workspace.id }}>
                <IconBell size={13} aria-hidden style={{ verticalAlign: -2 }} /> {workspace.open_alerts}
              </PageLink>
            ),
        },
      ]}
    />
  );
}
