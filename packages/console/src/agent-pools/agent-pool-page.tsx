import { Group, Stack, Text } from "@mantine/core";
import { IconServer, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { relatedIds } from "../api/json-api.ts";
import { ChangeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PageLink } from "../parts/link.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { useRefresh, useSave } from "../shell/use-save.ts";
import { workspaceRefsQuery } from "../workspaces/workspace-refs.ts";
import {
  agentsQuery,
  deletePool,
  forgetAgent,
  poolQuery,
  savePool,
  type AgentPool,
  type Agent,
} from "./agent-pool-queries.ts";
import { PoolDialog } from "./pool-dialog.tsx";
import { PoolTokens } from "./pool-tokens.tsx";

/** One agent pool: its runners, the tokens that start them, and who may use it. */
export function AgentPoolPage() {
  const { poolId = "" } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({ ...poolQuery(poolId), enabled: may("organization:read") });
  return (
    <SettingsFrame>
      <Stack gap="md">
        <PageLink to="/settings/runners" size="sm">
          All runners and pools
        </PageLink>
        <QueryView query={query} needs="organization:read" what="This agent pool">
          {(pool) => (
            <>
              <PoolPanel pool={pool} />
              <Agents pool={pool} />
              {may("runner:manage") && <PoolTokens pool={pool} />}
            </>
          )}
        </QueryView>
      </Stack>
    </SettingsFrame>
  );
}

function PoolPanel({ pool }: { readonly pool: AgentPool }) {
  const { organization, projects } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["agent-pools"]);
  const [asked, setAsked] = useState<"change" | "delete">();
  const allowedIds = relatedIds(pool, "allowed-workspaces");
  const usedIds = relatedIds(pool, "workspaces");
  const allowed = useQuery({ ...workspaceRefsQuery(allowedIds), enabled: allowedIds.length > 0 }).data ?? [];
  const used = useQuery({ ...workspaceRefsQuery(usedIds), enabled: usedIds.length > 0 }).data ?? [];
  const inProjects = relatedIds(pool, "allowed-projects").map(
    (id) => projects.find(({ external_id }) => external_id === id)?.name ?? id,
  );
  const names = [...inProjects.map((name) => `project ${name}`), ...allowed.map(({ name }) => name)];
  return (
    <Panel
      title={pool.attributes.name}
      actions={
        may("runner:manage") && (
          <ChangeAndDelete
            isLoading={allowed.length < allowedIds.length}
            onChange={() => setAsked("change")}
            onDelete={() => setAsked("delete")}
          />
        )
      }
    >
      <Text size="sm">
        {pool.attributes["organization-scoped"]
          ? "Every workspace of the organization may use it."
          : names.length === 0
            ? "Nobody may use it yet."
            : `May be used by ${names.join(", ")}.`}
      </Text>
      {used.length > 0 && (
        <Group gap="4px 12px" mt={4}>
          <Text span size="sm" c="dimmed">
            Used by
          </Text>
          {used.map(({ id, name }) => (
            <PageLink key={id} size="sm" to="/workspaces/$workspaceId" params={{ workspaceId: id }}>
              {name}
            </PageLink>
          ))}
        </Group>
      )}
      {asked === "change" && (
        <PoolDialog
          pool={pool}
          workspaces={allowed}
          onClose={() => setAsked(undefined)}
          onSave={async (input) => {
            await savePool(organization.name, pool.id, input);
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked === "delete"}
        onClose={() => setAsked(undefined)}
        title={`Delete ${pool.attributes.name}?`}
        confirm="Delete pool"
        danger
        onConfirm={async () => {
          await deletePool(pool.id);
          await navigate({ to: "/settings/runners" });
          await refresh();
        }}
      >
        Its tokens end, and its runners with them. A pool that workspaces name is not deleted.
      </ConfirmDialog>
    </Panel>
  );
}

function Agents({ pool }: { readonly pool: AgentPool }) {
  const may = useMay();
  const query = useInfiniteQuery(agentsQuery(pool.id));
  const { save } = useSave(["agent-pools"]);
  return (
    <Panel title="Runners" padded={false}>
      <PagedTable
        query={query}
        label="Runners of the pool"
        empty={
          <Empty icon={IconServer} title="No runner has come yet">
            Make a token below, and start a runner with it where the runs should happen.
          </Empty>
        }
        columns={[
          { key: "name", header: "Name", cell: ({ attributes }) => attributes.name ?? "–" },
          {
            key: "status",
            header: "Status",
            cell: ({ attributes }) => <StatusBadge of="agent" status={attributes.status} />,
          },
          { key: "ip", header: "Address", from: "sm", cell: ({ attributes }) => attributes["ip-address"] ?? "–" },
          {
            key: "ping",
            header: "Last heard of",
            cell: ({ attributes }) => <Time at={attributes["last-ping-at"]} />,
          },
          menuColumn<Agent>(
            (agent) => agent.attributes.name ?? agent.id,
            (agent) =>
              may("runner:manage") && !["idle", "busy"].includes(agent.attributes.status)
                ? [
                    {
                      label: "Forget",
                      icon: IconTrash,
                      danger: true,
                      onClick: () => void save(() => forgetAgent(agent.id), "Forgotten."),
                    },
                  ]
                : [],
          ),
        ]}
      />
    </Panel>
  );
}
