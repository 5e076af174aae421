import { Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconArrowUpRight, IconHistory, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { Guarded } from "../session/guarded.tsx";
import { ChannelChip } from "./channel-chip.tsx";
import { ChannelHistory } from "./channel-history.tsx";
import { CreateChannelDialog } from "./create-channel-dialog.tsx";
import { PromoteDialog } from "./promote-dialog.tsx";
import { usePlace } from "./registry-path.ts";
import { channelsQuery } from "./registry-queries.ts";
import { VersionLink } from "./version-link.tsx";
import { versionTitle } from "./version-text.ts";

/** The channels of a bucket, their history, and promotion. */
export function ChannelsTab({ bucket }: { readonly bucket: string }) {
  const channels = useQuery(channelsQuery(usePlace(), bucket));
  const [promoted, setPromoted] = useState<Channel>();
  const [history, setHistory] = useState<string>();
  const [creating, setCreating] = useState(false);

  const columns: readonly Column<Channel>[] = [
    {
      key: "name",
      header: "Channel",
      sortBy: (channel) => channel.name,
      cell: (channel) => (
        <Group gap="xs" wrap="nowrap">
          <ChannelChip channel={channel} />
          {channel.managed && (
            <Tooltip label="The registry moves it to every version that is completed.">
              <Text span size="xs" c="dimmed" tabIndex={0}>
                moves by itself
              </Text>
            </Tooltip>
          )}
        </Group>
      ),
    },
    {
      key: "version",
      header: "Points at",
      cell: ({ version }) =>
        version === null ? (
          <Text c="dimmed">nothing yet</Text>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <VersionLink bucket={bucket} version={version.fingerprint}>
              {versionTitle(version)}
            </VersionLink>
            <StatusBadge of="version" status={version.status} />
          </Group>
        ),
    },
    { key: "moved", header: "Last moved", cell: (channel) => <Time at={channel.updated_at} /> },
    {
      key: "actions",
      header: "Actions",
      hideHeader: true,
      numeric: true,
      cell: (channel) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconHistory size={15} aria-hidden />}
            aria-expanded={history === channel.name}
            aria-label={`History of ${channel.name}`}
            onClick={() => setHistory(history === channel.name ? undefined : channel.name)}
          >
            History
          </Button>
          {!channel.managed && (
            <Guarded permission="channel:write">
              {(disabled) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconArrowUpRight size={15} aria-hidden />}
                  disabled={disabled}
                  aria-label={`Promote a version to ${channel.name}`}
                  onClick={() => setPromoted(channel)}
                >
                  Promote
                </Button>
              )}
            </Guarded>
          )}
        </Group>
      ),
    },
  ];

  return (
    <Stack>
      <QueryView
        query={channels}
        what="The list of channels"
        isEmpty={(all) => all.length === 0}
        empty={
          <Empty title="No channel yet">
            The registry makes the channel “latest” with the first version. Others are made by people.
          </Empty>
        }
      >
        {(all) => (
          <Panel
            title={plural(all.length, "channel")}
            description="Consumers read a channel, never a version: moving it is how a new image reaches them."
            padded={false}
            actions={
              <Guarded permission="channel:write">
                {(disabled) => (
                  <Button
                    size="xs"
                    variant="default"
                    disabled={disabled}
                    leftSection={<IconPlus size={15} aria-hidden />}
                    onClick={() => setCreating(true)}
                  >
                    New channel
                  </Button>
                )}
              </Guarded>
            }
          >
            <DataTable
              label={`Channels of ${bucket}`}
              columns={columns}
              rows={all}
              rowKey={(channel) => channel.id}
              minWidth={620}
              sortedBy={{ key: "name", descending: false }}
            />
          </Panel>
        )}
      </QueryView>
      {history !== undefined && <ChannelHistory bucket={bucket} channel={history} />}
      {promoted !== undefined && (
        <PromoteDialog bucket={bucket} channel={promoted} onClose={() => setPromoted(undefined)} />
      )}
      {creating && <CreateChannelDialog bucket={bucket} onClose={() => setCreating(false)} />}
    </Stack>
  );
}
