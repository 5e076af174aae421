import { Group, Paper, SegmentedControl, Text } from "@mantine/core";
import { IconBellOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Alert } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { PageButton, PageLink } from "../parts/link.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { WorkspaceFilter } from "../workspaces/workspace-filter.tsx";
import { alertsQuery, type AlertListState } from "./alert-queries.ts";
import { alertKindLabels } from "./alert-words.ts";

const route = getRouteApi("/shell/alerts");

const states = [
  { value: "open", label: "Open" },
  { value: "resolved", label: "Resolved" },
  { value: "all", label: "All" },
];

/** What needs somebody's attention, and what did. */
export function AlertsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const query = useInfiniteQuery({ ...alertsQuery(search), enabled: may("alert:read") });
  const state = search.state ?? "open";
  return (
    <>
      <PageHeader
        title="Alerts"
        description="One alert for one cause. It resolves itself when the cause is gone."
        actions={
          <PageButton to="/settings" variant="default">
            Who is told
          </PageButton>
        }
      />
      <Group mb="sm" gap="sm">
        <SegmentedControl
          aria-label="Which alerts"
          data={states}
          value={state}
          onChange={(value) =>
            void navigate({
              search: (before) => ({ ...before, state: value === "open" ? undefined : (value as AlertListState) }),
            })
          }
        />
        <WorkspaceFilter
          value={search.workspace}
          onChange={(workspace) => void navigate({ search: (before) => ({ ...before, workspace }) })}
        />
      </Group>
      <Paper withBorder style={{ overflow: "hidden" }}>
        <QueryView
          query={query}
          needs="alert:read"
          what="The list of alerts"
          isEmpty={({ pages }) => pages.every((page) => page.alerts.length === 0)}
          empty={
            <Empty icon={IconBellOff} title={state === "open" ? "Nothing needs attention" : "No alerts"}>
              {state === "open"
                ? "Alerts open for drift, failed checks, images in use that are revoked or behind, failed runs, and runs that wait for approval."
                : "Alerts that were opened and resolved stand here."}
            </Empty>
          }
        >
          {({ pages }) => (
            <>
              <AlertTable rows={pages.flatMap((page) => page.alerts)} />
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Paper>
    </>
  );
}

function AlertTable({ rows }: { readonly rows: readonly Alert[] }) {
  return (
    <DataTable
      label="Alerts"
      rows={rows}
      rowKey={(alert) => alert.id}
      minWidth={640}
      columns={[
        {
          key: "severity",
          header: "Severity",
          width: 110,
          cell: (alert) =>
            alert.state === "resolved" ? (
              <StatusBadge of="alert" status="resolved" />
            ) : (
              <StatusBadge of="severity" status={alert.severity} />
            ),
        },
        {
          key: "alert",
          header: "Alert",
          cell: (alert) => (
            <>
              <div>
                <PageLink to="/alerts/$alertId" params={{ alertId: alert.id }} style={{ overflowWrap: "anywhere" }}>
                  {alert.title}
                </PageLink>
              </div>
              <Text size="xs" c="dimmed" lineClamp={2}>
                {alertKindLabels[alert.kind]}
                {alert.detail === "" ? "" : ` · ${alert.detail.split("\n", 1)[0] ?? ""}`}
              </Text>
            </>
          ),
        },
        {
          key: "workspace",
          header: "Workspace",
          cell: ({ workspace }) =>
            workspace === null ? (
              "–"
            ) : (
              <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: workspace.id }}>
                {workspace.name}
              </PageLink>
            ),
        },
        { key: "opened", header: "Opened", cell: (alert) => <Time at={alert.opened_at} /> },
        {
          key: "resolved",
          header: "Resolved",
          from: "sm",
          cell: (alert) => <Time at={alert.resolved_at} otherwise="–" />,
        },
      ]}
    />
  );
}
