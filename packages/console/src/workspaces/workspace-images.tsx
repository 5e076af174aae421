import { Stack } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { useMay } from "../session/use-session.ts";
import { imageUsesQuery } from "../where/image-use-queries.ts";
import { ImageUseTable } from "../where/image-use-table.tsx";
import { ImageChecks } from "./image-checks.tsx";
import type { WorkspaceDetail } from "./workspace-queries.ts";

/** The images that the resources of this workspace run, and what the built-in checks say of them. */
export function WorkspaceImages({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const may = useMay();
  const query = useInfiniteQuery({ ...imageUsesQuery({ workspace: workspace.id }), enabled: may("image-use:read") });
  return (
    <Stack gap="md">
      <Panel title="Images in use" description="As the newest state says" padded={false}>
        <QueryView
          query={query}
          needs="image-use:read"
          what="The images in use"
          isEmpty={({ pages }) => pages.every((page) => page.image_uses.length === 0)}
          empty={
            <Empty icon={IconStack2} title="No images in use">
              No resource in the state of this workspace names an image.
            </Empty>
          }
        >
          {({ pages }) => (
            <>
              <ImageUseTable label="Images in use" uses={pages.flatMap((page) => page.image_uses)} />
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Panel>
      <ImageChecks workspace={workspace} />
    </Stack>
  );
}
