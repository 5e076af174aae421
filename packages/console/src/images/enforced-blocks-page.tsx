import { Button, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EnforcedBlock } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { Guarded } from "../session/guarded.tsx";
import { BlockVersionDialog } from "./block-version-dialog.tsx";
import { enforcedBlocksQuery } from "./enforced-block-queries.ts";
import { usePlace } from "./registry-path.ts";

const columns: readonly Column<EnforcedBlock>[] = [
  {
    key: "name",
    header: "Block",
    sortBy: (block) => block.name,
    cell: (block) => (
      <PageLink to="/enforced-blocks/$block" params={{ block: block.id }} fw={600}>
        {block.name}
      </PageLink>
    ),
  },
  {
    key: "labels",
    header: "Labels",
    from: "md",
    cell: (block) =>
      Object.entries(block.labels)
        .map(([key, value]) => `${key}: ${value}`)
        .join(", ") || <Text c="dimmed">–</Text>,
  },
  {
    key: "updated",
    header: "Last changed",
    sortBy: (block) => block.updated_at,
    cell: (block) => <Time at={block.updated_at} />,
  },
];

/** The blocks of provisioners that builds of linked images must run. */
export function EnforcedBlocksPage() {
  const place = usePlace();
  const blocks = useQuery(enforcedBlocksQuery(place));
  const [creating, setCreating] = useState(false);
  const make = (
    <Guarded permission="registry:write">
      {(disabled) => (
        <Button disabled={disabled} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          New block
        </Button>
      )}
    </Guarded>
  );
  return (
    <>
      <PageHeader
        title="Enforced blocks"
        trail={[
          <PageLink key="images" to="/images">
            Images
          </PageLink>,
        ]}
        description="Provisioners that every build of the linked images has to run, whatever its template says. Each version says whether it was built with them."
        {...(place === undefined ? {} : { actions: make })}
      />
      {place === undefined ? (
        <Empty title="No project">
          Enforced blocks belong to a project, and your credential sees none. Ask an administrator of the organization
          for one.
        </Empty>
      ) : (
        <QueryView
          query={blocks}
          needs="registry:read"
          what="The list of enforced blocks"
          isEmpty={(all) => all.length === 0}
          empty={
            <Empty title="No enforced block yet">
              Make one for what no image may be built without, such as hardening or an agent, and link images to it.
            </Empty>
          }
        >
          {(all) => (
            <Panel title={plural(all.length, "block")} padded={false}>
              <DataTable
                label="Enforced blocks"
                columns={columns}
                rows={all}
                rowKey={(block) => block.id}
                sortedBy={{ key: "name", descending: false }}
              />
            </Panel>
          )}
        </QueryView>
      )}
      {creating && <BlockVersionDialog onClose={() => setCreating(false)} />}
    </>
  );
}
