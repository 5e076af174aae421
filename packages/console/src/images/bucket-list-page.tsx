import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Bucket } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageButton, PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { countUses, noUses, worstFirst, type UseCount } from "../where/count-uses.ts";
import { imageUseCountsQuery } from "../where/image-use-queries.ts";
import { ChannelChip } from "./channel-chip.tsx";
import { FirstImage } from "./first-image.tsx";
import { usePlace } from "./registry-path.ts";
import { bucketsQuery, channelsQuery } from "./registry-queries.ts";
import { VersionLink } from "./version-link.tsx";
import { versionTitle } from "./version-text.ts";

export function BucketListPage() {
  const place = usePlace();
  const buckets = useInfiniteQuery(bucketsQuery(place));
  const mayUses = useMay()("image-use:read");
  const uses = useQuery({ ...imageUseCountsQuery(), enabled: mayUses });
  const [text, setText] = useState("");
  const counts = uses.data && countUses(uses.data, (count) => count.bucket);

  const columns: readonly Column<Bucket>[] = [
    {
      key: "name",
      header: "Image",
      sortBy: (bucket) => bucket.name,
      cell: (bucket) => (
        <Stack gap={0}>
          <PageLink to="/images/$bucket" params={{ bucket: bucket.name }} fw={600}>
            {bucket.name}
          </PageLink>
          {bucket.description !== "" && (
            <Text size="xs" c="dimmed" lineClamp={1} maw={360}>
              {bucket.description}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      key: "latest",
      header: "Latest version",
      cell: ({ name, latest_version: latest }) =>
        latest === null ? (
          <Text size="sm" c="dimmed">
            none complete yet
          </Text>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <VersionLink bucket={name} version={latest.fingerprint}>
              {versionTitle(latest)}
            </VersionLink>
            <StatusBadge of="version" status={latest.status} />
          </Group>
        ),
    },
    {
      key: "built",
      header: "Built",
      from: "md",
      sortBy: (bucket) => bucket.latest_version?.created_at ?? null,
      cell: (bucket) => <Time at={bucket.latest_version?.created_at} />,
    },
    { key: "channels", header: "Channels", cell: (bucket) => <ChannelsCell bucket={bucket.name} /> },
    {
      key: "platforms",
      header: "Platforms",
      from: "lg",
      cell: (bucket) => bucket.platforms.join(", ") || <Text c="dimmed">–</Text>,
    },
    {
      key: "versions",
      header: "Versions",
      numeric: true,
      from: "md",
      sortBy: (bucket) => Number(bucket.version_count),
      cell: (bucket) => Number(bucket.version_count).toLocaleString("en"),
    },
    {
      key: "uses",
      header: "Used by",
      numeric: true,
      sortBy: (bucket) => counts?.get(bucket.name)?.workspaces ?? 0,
      cell: (bucket) => <UsesCell bucket={bucket.name} count={counts && (counts.get(bucket.name) ?? noUses)} />,
    },
    {
      key: "worst",
      header: "Worst use",
      sortBy: (bucket) => {
        const worst = counts?.get(bucket.name)?.worst;
        return worst === undefined ? null : worstFirst.indexOf(worst);
      },
      cell: (bucket) => {
        const worst = counts?.get(bucket.name)?.worst;
        return worst === undefined ? <Text c="dimmed">–</Text> : <StatusBadge of="image-use" status={worst} />;
      },
    },
  ];

  if (place === undefined) {
    return (
      <>
        <PageHeader title="Images" />
        <Empty title="No project">
          Images belong to a project, and your credential sees none. Ask an administrator of the organization for one.
        </Empty>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Images"
        description="Every golden image of the project: what is built, which channel offers which version, and who runs it."
        actions={
          <PageButton to="/enforced-blocks" variant="default">
            Enforced blocks
          </PageButton>
        }
      />
      <QueryView
        query={{ ...buckets, data: buckets.data?.pages.flatMap((page) => page.buckets) }}
        needs="registry:read"
        what="The list of images"
        isEmpty={(all) => all.length === 0}
        empty={<FirstImage />}
      >
        {(all) => {
          const shown = all.filter((bucket) => bucket.name.toLowerCase().includes(text.trim().toLowerCase()));
          return (
            <Panel
              title={plural(all.length, "image") + (buckets.hasNextPage ? " loaded" : "")}
              padded={false}
              actions={
                <TextInput
                  size="xs"
                  w={220}
                  placeholder="Filter by name"
                  aria-label="Filter images by name"
                  leftSection={<IconSearch size={14} aria-hidden />}
                  value={text}
                  onChange={(event) => setText(event.currentTarget.value)}
                />
              }
            >
              {shown.length === 0 ? (
                <Empty
                  title="No image fits"
                  actions={
                    <Button variant="default" onClick={() => setText("")}>
                      Clear the filter
                    </Button>
                  }
                >
                  {buckets.hasNextPage
                    ? "The filter looks at the images that are loaded; there are more."
                    : "No name contains this text."}
                </Empty>
              ) : (
                <DataTable
                  label="Images"
                  columns={columns}
                  rows={shown}
                  rowKey={(bucket) => bucket.id}
                  minWidth={760}
                />
              )}
              {buckets.hasNextPage && (
                <Group justify="center" p="sm">
                  <Button
                    variant="default"
                    loading={buckets.isFetchingNextPage}
                    onClick={() => void buckets.fetchNextPage()}
                  >
                    Load more
                  </Button>
                </Group>
              )}
            </Panel>
          );
        }}
      </QueryView>
    </>
  );
}

function ChannelsCell({ bucket }: { readonly bucket: string }) {
  const { data } = useQuery(channelsQuery(usePlace(), bucket));
  const assigned = data?.filter((channel) => !channel.managed && channel.version !== null);
  if (assigned === undefined) return <Text c="dimmed">…</Text>;
  if (assigned.length === 0) return <Text c="dimmed">–</Text>;
  return (
    <Group gap={6}>
      {assigned.slice(0, 3).map((channel) => (
        <Group key={channel.id} gap={4} wrap="nowrap">
          <ChannelChip channel={channel} />
          <Text span size="xs" c="dimmed">
            {channel.version && versionTitle(channel.version)}
          </Text>
        </Group>
      ))}
      {assigned.length > 3 && (
        <PageLink to="/images/$bucket" params={{ bucket }} search={{ tab: "channels" }} size="xs">
          {assigned.length - 3} more
        </PageLink>
      )}
    </Group>
  );
}

function UsesCell({ bucket, count }: { readonly bucket: string; readonly count: UseCount | undefined }) {
  if (count === undefined) return <Text c="dimmed">–</Text>;
  // Nothing was made from this image itself; what was built from it may run all the same.
  if (count.uses === 0) {
    return (
      <PageLink to="/where" search={{ bucket }} c="dimmed" title="See whether an image that stands on it runs">
        none directly
      </PageLink>
    );
  }
  return (
    <PageLink to="/where" search={{ bucket }} title={plural(count.uses, "resource")}>
      {plural(count.workspaces, "workspace")}
    </PageLink>
  );
}
