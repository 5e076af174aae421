import { Button, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Version } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { countUses } from "../where/count-uses.ts";
import { imageUseCountsQuery } from "../where/image-use-queries.ts";
import { ChannelChip } from "./channel-chip.tsx";
import { enforcementsQuery } from "./enforced-block-queries.ts";
import { usePlace } from "./registry-path.ts";
import { channelsQuery, versionsQuery } from "./registry-queries.ts";
import { VersionLink } from "./version-link.tsx";
import { platformsOf, versionTitle } from "./version-text.ts";

/** The versions of a bucket with the channels that point at each, and how many resources run it. */
export function VersionsTab({ bucket }: { readonly bucket: string }) {
  const place = usePlace();
  const versions = useInfiniteQuery(versionsQuery(place, bucket));
  const channels = useQuery(channelsQuery(place, bucket));
  const mayUses = useMay()("image-use:read");
  const uses = useQuery({ ...imageUseCountsQuery(bucket), enabled: mayUses });
  const enforcements = useQuery(enforcementsQuery(place, bucket));
  const counts = uses.data && countUses(uses.data, (count) => count.version);

  const columns: readonly Column<Version>[] = [
    {
      key: "name",
      header: "Version",
      cell: (version) => (
        <VersionLink bucket={bucket} version={version.fingerprint}>
          <Text span fw={600} inherit>
            {versionTitle(version)}
          </Text>
        </VersionLink>
      ),
    },
    {
      key: "status",
      header: "Status",
      cell: (version) => (
        <Stack gap={2} align="flex-start">
          <StatusBadge of="version" status={version.status} />
          {version.revoke_at !== null && (
            <Text size="xs" c="dimmed" lineClamp={2} maw={320}>
              <Time at={version.revoke_at} />
              {version.revocation_message !== "" && `: ${version.revocation_message}`}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      key: "enforcement",
      header: "Enforced blocks",
      from: "md",
      cell: (version) => {
        const mark = enforcements.data?.find((one) => one.fingerprint === version.fingerprint);
        if (mark === undefined) return <Text c="dimmed">–</Text>;
        return <StatusBadge of="enforcement" status={mark.state} />;
      },
    },
    {
      key: "channels",
      header: "Channels",
      cell: (version) => {
        const pointing = channels.data?.filter((channel) => channel.version?.fingerprint === version.fingerprint);
        if (pointing === undefined || pointing.length === 0) return <Text c="dimmed">–</Text>;
        return (
          <Group gap={4}>
            {pointing.map((channel) => (
              <ChannelChip key={channel.id} channel={channel} />
            ))}
          </Group>
        );
      },
    },
    { key: "parents", header: "Parents", from: "md", cell: (version) => <ParentsCell version={version} /> },
    {
      key: "platforms",
      header: "Platforms",
      from: "lg",
      cell: (version) => platformsOf(version).join(", ") || <Text c="dimmed">–</Text>,
    },
    {
      key: "uses",
      header: "Used by",
      numeric: true,
      cell: (version) => {
        const count = counts?.get(version.name);
        if (count === undefined) return <Text c="dimmed">{counts === undefined ? "–" : "none directly"}</Text>;
        return (
          <PageLink to="/where" search={{ bucket, version: version.name }}>
            {plural(count.uses, "resource")}
          </PageLink>
        );
      },
    },
    {
      key: "fingerprint",
      header: "Fingerprint",
      from: "lg",
      cell: (version) => <Identifier value={version.fingerprint} maxWidth={190} />,
    },
    { key: "created", header: "Created", cell: (version) => <Time at={version.created_at} /> },
  ];

  return (
    <QueryView
      query={{ ...versions, data: versions.data?.pages.flatMap((page) => page.versions) }}
      what="The list of versions"
      isEmpty={(all) => all.length === 0}
      empty={
        <Empty title="No version yet">
          The first build makes one. A bucket may exist before it, when its channels are made by Terraform.
        </Empty>
      }
    >
      {(all) => (
        <Panel title={plural(all.length, "version") + (versions.hasNextPage ? " loaded" : "")} padded={false}>
          <DataTable
            label={`Versions of ${bucket}`}
            columns={columns}
            rows={all}
            rowKey={(version) => version.id}
            minWidth={700}
          />
          {versions.hasNextPage && (
            <Group justify="center" p="sm">
              <Button
                variant="default"
                loading={versions.isFetchingNextPage}
                onClick={() => void versions.fetchNextPage()}
              >
                Load older versions
              </Button>
            </Group>
          )}
        </Panel>
      )}
    </QueryView>
  );
}

function ParentsCell({ version }: { readonly version: Version }) {
  const built = version.builds.some((build) => build.source_external_identifier !== "");
  if (!built && version.parents.status === "UNDETERMINED") return <Text c="dimmed">–</Text>;
  return <StatusBadge of="ancestry" status={version.parents.status} />;
}
