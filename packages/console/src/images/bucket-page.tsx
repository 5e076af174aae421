import { Badge, Group, Tabs, Text } from "@mantine/core";
import { IconBinaryTree2, IconStack2, IconVersions } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Fragment } from "react";
import { PageButton, PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { AncestryTab } from "./ancestry-tab.tsx";
import { bucketTabs } from "./bucket-tabs.ts";
import { ChannelsTab } from "./channels-tab.tsx";
import { linkedBlocksQuery } from "./enforced-block-queries.ts";
import { usePlace } from "./registry-path.ts";
import { bucketQuery } from "./registry-queries.ts";
import { VersionsTab } from "./versions-tab.tsx";

const route = getRouteApi("/shell/images/$bucket");

export function BucketPage() {
  const { bucket: name } = route.useParams();
  const { tab = "versions" } = route.useSearch();
  const navigate = useNavigate();
  const bucket = useQuery(bucketQuery(usePlace(), name));
  const { data } = bucket;
  return (
    <>
      <PageHeader
        title={name}
        trail={[
          <PageLink key="images" to="/images">
            Images
          </PageLink>,
        ]}
        status={
          data?.latest_version && (
            <StatusBadge
              of="version"
              status={data.latest_version.status}
              note={<span>· latest {data.latest_version.name}</span>}
            />
          )
        }
        description={
          data && (
            <Group gap="xs">
              <Text inherit>
                {[data.description, plural(Number(data.version_count), "version"), data.platforms.join(", ")]
                  .filter((text) => text !== "")
                  .join(" · ")}
              </Text>
              {Object.entries(data.labels).map(([key, value]) => (
                <Badge key={key} variant="default" radius="sm" tt="none" fw={400}>
                  {key}: {value}
                </Badge>
              ))}
              <RequiredBlocks bucket={name} />
            </Group>
          )
        }
        actions={
          <PageButton to="/where" search={{ bucket: name }} variant="default">
            Where it runs
          </PageButton>
        }
      />
      <QueryView query={bucket} needs="registry:read" what={`The image ${name}`}>
        {() => (
          <Tabs
            value={tab}
            keepMounted={false}
            onChange={(value) => {
              const next = bucketTabs.find((known) => known === value);
              if (next === undefined) return;
              void navigate({
                to: "/images/$bucket",
                params: { bucket: name },
                search: next === "versions" ? {} : { tab: next },
                replace: true,
              });
            }}
          >
            <Tabs.List mb="md">
              <Tabs.Tab value="versions" leftSection={<IconStack2 size={16} aria-hidden />}>
                Versions
              </Tabs.Tab>
              <Tabs.Tab value="channels" leftSection={<IconVersions size={16} aria-hidden />}>
                Channels
              </Tabs.Tab>
              <Tabs.Tab value="ancestry" leftSection={<IconBinaryTree2 size={16} aria-hidden />}>
                Ancestry
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="versions">
              <VersionsTab bucket={name} />
            </Tabs.Panel>
            <Tabs.Panel value="channels">
              <ChannelsTab bucket={name} />
            </Tabs.Panel>
            <Tabs.Panel value="ancestry">
              <AncestryTab bucket={name} />
            </Tabs.Panel>
          </Tabs>
        )}
      </QueryView>
    </>
  );
}

/** The enforced blocks that the next build of the image must run. Nothing when none is linked. */
function RequiredBlocks({ bucket }: { readonly bucket: string }) {
  const { data = [] } = useQuery(linkedBlocksQuery(usePlace(), bucket));
  if (data.length === 0) return null;
  return (
    <Text inherit w="100%">
      Builds must run{" "}
      {data.map((block, index) => (
        <Fragment key={block.id}>
          {index > 0 && ", "}
          <PageLink to="/enforced-blocks/$block" params={{ block: block.id }} inherit>
            {block.name} {block.version.version}
          </PageLink>
        </Fragment>
      ))}
    </Text>
  );
}
