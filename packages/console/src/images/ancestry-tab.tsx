import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconBinaryTree2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { usePlace } from "./registry-path.ts";
import { familyQuery } from "./registry-queries.ts";
import { RelationTable } from "./relation-table.tsx";

// The graph and its layout weigh as much as a third of everything else.
const AncestryGraph = lazy(async () => ({ default: (await import("./ancestry-graph.tsx")).AncestryGraph }));

/** What a bucket stands on and what stands on it, drawn and as a list. */
export function AncestryTab({ bucket }: { readonly bucket: string }) {
  const family = useQuery(familyQuery(usePlace(), bucket));
  return (
    <QueryView
      query={family}
      what="The ancestry"
      isEmpty={({ relations }) => relations.length === 0}
      empty={
        <Empty title="No relatives" icon={IconBinaryTree2}>
          This image was not built from another image of the registry, and no other image was built from it. A build
          that reads its source from a channel becomes a child of that image.
        </Empty>
      }
    >
      {({ relations, complete }) => (
        <Stack>
          <Panel
            title="Ancestry"
            padded={false}
            description="The latest version of each image. A revocation follows the arrows."
            actions={
              complete ? undefined : (
                <Text size="xs" c="dimmed">
                  Only the nearest 60 images are shown.
                </Text>
              )
            }
          >
            <Suspense fallback={<Skeleton height={340} />}>
              <AncestryGraph relations={relations} bucket={bucket} />
            </Suspense>
          </Panel>
          <Panel title="The same as a list" padded={false}>
            <Group grow>
              <RelationTable label={`Relations of ${bucket}`} relations={relations} />
            </Group>
          </Panel>
        </Stack>
      )}
    </QueryView>
  );
}
