import { IconServer } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { relatedIds } from "../api/json-api.ts";
import { AddButton } from "../parts/add-button.tsx";
import { PageLink } from "../parts/link.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { scopeText } from "../scopes/scope-text.ts";
import { useMay, useSession } from "../session/use-session.ts";
import { useRefresh } from "../shell/use-save.ts";
import { poolsQuery, savePool } from "./agent-pool-queries.ts";
import { PoolDialog } from "./pool-dialog.tsx";

/** Groups of runners that take the runs of certain workspaces and no others. */
export function AgentPools() {
  const { organization } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["agent-pools"]);
  const [opened, setOpened] = useState(false);
  const query = useInfiniteQuery({ ...poolsQuery(organization.name), enabled: may("organization:read") });
  return (
    <Panel
      title="Agent pools"
      description="Runners of a pool take the runs of the workspaces that name it, and no others."
      padded={false}
      actions={may("runner:manage") && <AddButton onClick={() => setOpened(true)}>New agent pool</AddButton>}
    >
      <PagedTable
        query={query}
        needs="organization:read"
        label="Agent pools"
        empty={
          <Empty icon={IconServer} title="No agent pool yet">
            Needed where runs have to happen inside of a certain network.
          </Empty>
        }
        columns={[
          {
            key: "name",
            header: "Name",
            cell: ({ id, attributes }) => (
              <PageLink
                to="/settings/runners/pools/$poolId"
                params={{ poolId: id }}
                style={{ overflowWrap: "anywhere" }}
              >
                {attributes.name}
              </PageLink>
            ),
          },
          {
            key: "scope",
            header: "May be used",
            cell: (pool) =>
              scopeText({
                everywhere: pool.attributes["organization-scoped"],
                projects: relatedIds(pool, "allowed-projects").length,
                workspaces: relatedIds(pool, "allowed-workspaces").length,
              }),
          },
          {
            key: "used",
            header: "Workspaces",
            numeric: true,
            cell: (pool) => relatedIds(pool, "workspaces").length,
          },
          { key: "agents", header: "Runners", numeric: true, cell: ({ attributes }) => attributes["agent-count"] },
        ]}
      />
      {opened && (
        <PoolDialog
          pool={undefined}
          workspaces={[]}
          onClose={() => setOpened(false)}
          onSave={async (input) => {
            const poolId = await savePool(organization.name, undefined, input);
            await refresh();
            await navigate({ to: "/settings/runners/pools/$poolId", params: { poolId } });
          }}
        />
      )}
    </Panel>
  );
}
