import { Paper, SegmentedControl, Text } from "@mantine/core";
import { IconHeartbeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { WorkspaceSummary } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { healthStatuses } from "../parts/status.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { DueTime, Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { ImageCounts } from "../workspaces/image-counts.tsx";
import { workspacesQuery } from "../workspaces/workspace-queries.ts";
import { AssessButton } from "./assess-button.tsx";
import { healthWords } from "./health-states.ts";

const route = getRouteApi("/shell/health");

/** The health of all workspaces, the worst first. */
export function HealthPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const query = useQuery({ ...workspacesQuery({}), enabled: may("workspace:read") });
  return (
    <>
      <PageHeader
        title="Health"
        description="Whether what runs is still what was applied, and whether the checks of the configurations hold. Found by assessments, which look and change nothing."
      />
      <QueryView
        query={query}
        needs="workspace:read"
        what="The health of the workspaces"
        isEmpty={({ workspaces }) => workspaces.length === 0}
        empty={
          <Paper withBorder>
            <Empty icon={IconHeartbeat} title="No workspaces yet">
              A workspace appears with its first terraform init against this server.
            </Empty>
          </Paper>
        }
      >
        {({ workspaces }) => {
          const shown = workspaces.filter(({ health }) => search.health === undefined || health === search.health);
          return (
            <>
              <div style={{ overflowX: "auto" }}>
                <SegmentedControl
                  aria-label="Which workspaces"
                  mb="sm"
                  data={[
                    { value: "all", label: `All ${String(workspaces.length)}` },
                    ...healthWords.map((word) => ({
                      value: word,
                      label: `${healthStatuses[word].label} ${String(workspaces.filter(({ health }) => health === word).length)}`,
                    })),
                  ]}
                  value={search.health ?? "all"}
                  onChange={(value) => void navigate({ search: { health: value === "all" ? undefined : value } })}
                />
              </div>
              <Paper withBorder style={{ overflow: "hidden" }}>
                {shown.length === 0 ? <Empty title="No workspace is in this state" /> : <HealthTable rows={shown} />}
              </Paper>
            </>
          );
        }}
      </QueryView>
    </>
  );
}

function HealthTable({ rows }: { readonly rows: readonly WorkspaceSummary[] }) {
  return (
    <DataTable
      label="Health of the workspaces"
      rows={rows}
      rowKey={(workspace) => workspace.id}
      sortedBy={{ key: "health", descending: false }}
      minWidth={640}
      columns={[
        {
          key: "health",
          header: "Health",
          width: 150,
          sortBy: ({ health }) => healthWords.indexOf(health),
          cell: ({ health }) => <StatusBadge of="health" status={health} />,
        },
        {
          key: "name",
          header: "Workspace",
          sortBy: ({ name }) => name,
          cell: ({ id, name }) => (
            <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: id }} search={{ tab: "health" }}>
              {name}
            </PageLink>
          ),
        },
        {
          key: "images",
          header: "Images",
          cell: ({ images }) => <ImageCounts images={images} />,
        },
        {
          key: "last",
          header: "Last assessment",
          sortBy: (workspace) => workspace.last_assessment_at,
          cell: (workspace) => <Time at={workspace.last_assessment_at} otherwise="never" />,
        },
        {
          key: "next",
          header: "Next",
          from: "sm",
          sortBy: (workspace) => workspace.next_assessment_at,
          cell: (workspace) => (
            <Text span size="sm" c="dimmed">
              <DueTime at={workspace.next_assessment_at} otherwise={workspace.health === "off" ? "off" : "–"} />
            </Text>
          ),
        },
        {
          key: "act",
          header: "Assess",
          from: "sm",
          cell: (workspace) => <AssessButton workspace={workspace} small />,
        },
      ]}
    />
  );
}
