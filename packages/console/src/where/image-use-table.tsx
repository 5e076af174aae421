import { Stack, Text } from "@mantine/core";
import type { ImageUse } from "../api/types.ts";
import { VersionLink } from "../images/version-link.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { PageLink } from "../parts/link.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { worstFirst } from "./count-uses.ts";

/** Uses of images, one row a use. */
export function ImageUseTable(props: {
  readonly label: string;
  readonly uses: readonly ImageUse[];
  /** Only what tells the uses apart, where there is little room. */
  readonly compact?: boolean;
}) {
  const { label, uses, compact = false } = props;
  return (
    <DataTable
      label={label}
      columns={compact ? columns.filter(({ key }) => compactColumns.has(key)) : columns}
      rows={uses}
      rowKey={(use) => `${use.workspace.id} ${use.resource} ${use.attribute}`}
      minWidth={compact ? 480 : 820}
    />
  );
}

const compactColumns: ReadonlySet<string> = new Set(["status", "image", "workspace", "resource"]);

const columns: readonly Column<ImageUse>[] = [
  {
    key: "status",
    header: "Status",
    sortBy: (use) => worstFirst.indexOf(use.status),
    cell: (use) => (
      <Stack gap={0} align="flex-start">
        <StatusBadge of="image-use" status={use.status} />
        <StatusDetail use={use} />
      </Stack>
    ),
  },
  {
    key: "image",
    header: "Image",
    sortBy: (use) => (use.bucket === null ? null : `${use.bucket} ${use.version ?? ""}`),
    cell: (use) => (
      <Stack gap={0}>
        {use.bucket === null ? (
          <Text c="dimmed">not in the registry</Text>
        ) : (
          <VersionLink bucket={use.bucket} version={use.fingerprint ?? use.version ?? ""}>
            {use.bucket} {use.version}
          </VersionLink>
        )}
        {use.descends_from !== null && (
          <Text size="xs" c="dimmed">
            stands on {use.descends_from.bucket} {use.descends_from.version}
          </Text>
        )}
      </Stack>
    ),
  },
  {
    key: "channel",
    header: "Channel",
    cell: (use) =>
      use.channel === null ? (
        <Text c="dimmed">–</Text>
      ) : (
        <Text inherit>
          {use.channel}
          {use.channel_version != null && use.channel_version !== use.version && (
            <Text span c="dimmed" inherit>
              {" "}
              at {use.channel_version}
            </Text>
          )}
        </Text>
      ),
  },
  {
    key: "workspace",
    header: "Workspace",
    sortBy: (use) => use.workspace.name,
    cell: (use) => (
      <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: use.workspace.id }}>
        {use.workspace.name}
      </PageLink>
    ),
  },
  {
    key: "resource",
    header: "Resource",
    sortBy: (use) => use.resource,
    cell: (use) => (
      <Text inherit truncate ff="monospace" fz="0.8125rem" maw={320} title={`${use.resource}.${use.attribute}`}>
        {use.resource}
        <Text span c="dimmed" inherit>
          .{use.attribute}
        </Text>
      </Text>
    ),
  },
  {
    key: "identifier",
    header: "Identifier",
    from: "lg",
    cell: (use) => <Identifier value={use.external_identifier} maxWidth={190} />,
  },
  {
    key: "since",
    header: "In use since",
    sortBy: (use) => use.first_seen_at,
    cell: (use) => <Time at={use.first_seen_at} />,
  },
];

function StatusDetail({ use }: { readonly use: ImageUse }) {
  if ((use.status === "revoked" || use.status === "scheduled") && use.revoke_at != null) {
    return (
      <Text size="xs" c="dimmed" lineClamp={2} maw={260}>
        <Time at={use.revoke_at} />
        {use.revocation_message != null && use.revocation_message !== "" && `: ${use.revocation_message}`}
      </Text>
    );
  }
  if (use.status === "behind" && use.behind_since != null) {
    return (
      <Text size="xs" c="dimmed">
        since <Time at={use.behind_since} />
      </Text>
    );
  }
  return null;
}
