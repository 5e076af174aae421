import { Group, Text } from "@mantine/core";
import { IconMapSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Version } from "../api/registry-types.ts";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { imageUsesQuery } from "../where/image-use-queries.ts";
import { ImageUseTable } from "../where/image-use-table.tsx";

const shownMax = 10;

/** Who runs the version, or something that was built from it. */
export function VersionUsesPanel({ version }: { readonly version: Version }) {
  const bucket = version.bucket_name;
  const uses = useInfiniteQuery({
    ...imageUsesQuery({ bucket, version: version.name }),
    enabled: version.name !== "v0",
  });
  if (version.name === "v0") return null;
  const all = uses.data?.pages.flatMap((page) => page.image_uses);
  return (
    <Panel
      title="Who uses it"
      description="Resources that run this version or an image that stands on it."
      padded={false}
      actions={
        all !== undefined &&
        all.length > 0 && (
          <PageLink to="/where" search={{ bucket, version: version.name }} size="sm">
            Show in Where
          </PageLink>
        )
      }
    >
      <QueryView
        query={{ ...uses, data: all }}
        needs="image-use:read"
        what="The list of uses"
        isEmpty={(found) => found.length === 0}
        empty={
          <Empty title="Nobody uses it" icon={IconMapSearch}>
            No resource of any workspace&apos;s latest state runs this version or anything built from it.
          </Empty>
        }
      >
        {(found) => (
          <>
            <ImageUseTable label={`Uses of ${bucket} ${version.name}`} uses={found.slice(0, shownMax)} />
            {(found.length > shownMax || uses.hasNextPage) && (
              <Group p="sm">
                <Text size="sm" c="dimmed">
                  {`The first ${String(shownMax)} of ${uses.hasNextPage ? "more than " : ""}${String(found.length)}. `}
                  <PageLink to="/where" search={{ bucket, version: version.name }}>
                    Show all
                  </PageLink>
                </Text>
              </Group>
            )}
          </>
        )}
      </QueryView>
    </Panel>
  );
}
