import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Assignment } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { usePlace } from "./registry-path.ts";
import { channelHistoryQuery } from "./registry-queries.ts";
import { VersionLink } from "./version-link.tsx";
import { versionTitle } from "./version-text.ts";

/** What a channel has pointed at, newest first. */
export function ChannelHistory({ bucket, channel }: { readonly bucket: string; readonly channel: string }) {
  const history = useQuery(channelHistoryQuery(usePlace(), bucket, channel));
  const columns: readonly Column<Assignment>[] = [
    {
      key: "version",
      header: "Version",
      cell: ({ version }) =>
        version === null ? (
          <Text c="dimmed">deleted</Text>
        ) : (
          <VersionLink bucket={bucket} version={version.fingerprint}>
            {versionTitle(version)}
          </VersionLink>
        ),
    },
    {
      key: "status",
      header: "Status today",
      cell: ({ version }) => version && <StatusBadge of="version" status={version.status} />,
    },
    { key: "at", header: "Assigned", cell: (assignment) => <Time at={assignment.assigned_at} /> },
    { key: "author", header: "By", cell: (assignment) => <Author id={assignment.author_id} /> },
  ];
  const total = Number(history.data?.count ?? 0);
  return (
    <Panel
      title={`History of ${channel}`}
      padded={false}
      {...(total > 50 ? { description: `The latest 50 of ${plural(total, "assignment")}.` } : {})}
    >
      <QueryView
        query={history}
        what="The history"
        isEmpty={(answer) => answer.history.length === 0}
        empty={<Empty title="Never assigned">Promote a version, and every move is written down here.</Empty>}
      >
        {(answer) => (
          <DataTable
            label={`History of ${channel}`}
            columns={columns}
            rows={answer.history}
            rowKey={(assignment, index) => `${assignment.assigned_at}-${String(index)}`}
          />
        )}
      </QueryView>
    </Panel>
  );
}

function Author({ id }: { readonly id: string }) {
  if (id === "HCP Packer") return <Text c="dimmed">the registry</Text>;
  return <Text>{id}</Text>;
}
