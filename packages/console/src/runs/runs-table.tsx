import { Group, Text } from "@mantine/core";
import type { RunSummary } from "../api/types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { countsText, describeCause, shownStatus, sortOfRun } from "./run-words.ts";

/** Runs as a table; without their workspace where all belong to one. */
export function RunsTable(props: {
  readonly runs: readonly RunSummary[];
  readonly label: string;
  readonly withWorkspace: boolean;
}) {
  const workspace: Column<RunSummary> = {
    key: "workspace",
    header: "Workspace",
    cell: (run) => (
      <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: run.workspace.id }}>
        {run.workspace.name}
      </PageLink>
    ),
  };
  const columns: readonly Column<RunSummary>[] = [
    {
      key: "status",
      header: "Status",
      width: 170,
      cell: (run) => <StatusBadge of="run" status={shownStatus(run)} />,
    },
    { key: "run", header: "Run", cell: (run) => <RunCell run={run} /> },
    ...(props.withWorkspace ? [workspace] : []),
    {
      key: "changes",
      header: "Changes",
      cell: (run) => (
        <Text span size="sm" style={{ whiteSpace: "nowrap" }}>
          {run.has_changes === false ? "none" : (countsText(run.counts) ?? "–")}
        </Text>
      ),
    },
    { key: "by", header: "By", from: "sm", cell: (run) => run.created_by },
    { key: "when", header: "When", cell: (run) => <Time at={run.created_at} /> },
  ];
  return (
    <DataTable
      label={props.label}
      columns={columns}
      rows={props.runs}
      rowKey={(run) => run.id}
      minWidth={props.withWorkspace ? 680 : 560}
    />
  );
}

function RunCell({ run }: { readonly run: RunSummary }) {
  const sort = sortOfRun(run);
  const message = run.message.trim() === "" ? `Run ${String(run.number)}` : run.message;
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <PageLink to="/runs/$runId" params={{ runId: run.id }} lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          {message}
        </PageLink>
      </Group>
      <Text size="xs" c="dimmed">
        {[`#${String(run.number)}`, sort, run.cause === null ? undefined : describeCause(run).text]
          .filter((text) => text !== undefined)
          .join(" · ")}
      </Text>
      {run.error_message !== null && run.status === "errored" && (
        <Text size="xs" c="var(--mantine-color-error)" lineClamp={1}>
          {run.error_message.split("\n", 1)[0]}
        </Text>
      )}
    </>
  );
}
