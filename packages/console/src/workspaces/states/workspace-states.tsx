import { Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconDatabase, IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { relatedId } from "../../api/json-api.ts";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { PageLink } from "../../parts/link.tsx";
import { PagedTable } from "../../parts/paged-table.tsx";
import { Panel } from "../../parts/panel.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { menuColumn, type RowAction } from "../../parts/row-menu.tsx";
import { Empty, NotAllowed } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { useSession } from "../../session/use-session.ts";
import { notifyDone } from "../../shell/notify.tsx";
import { useRefresh } from "../../shell/use-save.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";
import { formatBytes } from "./format-bytes.ts";
import { outputsQuery, rollBack, statesQuery, type StateVersion } from "./state-queries.ts";

/** The states of a workspace: what is in the current one for others, and the older ones to go back to. */
export function WorkspaceStates({ workspace }: { readonly workspace: WorkspaceResource }) {
  return (
    <Stack gap="md">
      <Outputs workspace={workspace} />
      <States workspace={workspace} />
    </Stack>
  );
}

function Outputs({ workspace }: { readonly workspace: WorkspaceResource }) {
  const mayRead = workspace.attributes.permissions["can-read-state-outputs"] === true;
  const query = useQuery({ ...outputsQuery(workspace.id), enabled: mayRead });
  if (!mayRead) return null;
  return (
    <Panel title="Outputs" description="Of the current state" padded={false}>
      <QueryView
        query={query}
        what="The outputs"
        isEmpty={(outputs) => outputs.length === 0}
        empty={<Empty title="No outputs">The configuration that was applied last declares none.</Empty>}
      >
        {(outputs) => (
          <DataTable
            label="Outputs"
            rows={outputs}
            rowKey={(output) => output.id}
            columns={[
              {
                key: "name",
                header: "Name",
                cell: ({ attributes }) => (
                  <Text span size="sm" ff="monospace">
                    {attributes.name}
                  </Text>
                ),
              },
              { key: "type", header: "Type", from: "sm", cell: ({ attributes }) => attributes.type },
              {
                key: "value",
                header: "Value",
                cell: ({ attributes }) =>
                  attributes.sensitive ? (
                    <Text span size="sm" c="dimmed">
                      sensitive
                    </Text>
                  ) : (
                    <Text span size="sm" ff="monospace" lineClamp={4} style={{ overflowWrap: "anywhere" }}>
                      {typeof attributes.value === "string" ? attributes.value : JSON.stringify(attributes.value)}
                    </Text>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  );
}

function States({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { permissions, name } = workspace.attributes;
  const session = useSession();
  const mayRead = permissions["can-read-state-versions"] === true;
  const query = useInfiniteQuery({ ...statesQuery(session.organization.name, name), enabled: mayRead });
  const [asked, setAsked] = useState<StateVersion>();
  const refresh = useRefresh(["states", "workspaces", "image-uses"]);
  const current = relatedId(workspace, "current-state-version");
  if (!mayRead) return <NotAllowed permission="state:read" />;

  const actionsOf = (state: StateVersion): readonly RowAction[] => {
    const { "hosted-state-download-url": url } = state.attributes;
    return [
      ...(url === null
        ? []
        : [{ label: "Download", icon: IconDownload, onClick: () => window.location.assign(new URL(url).pathname) }]),
      ...(state.id === current || permissions["can-create-state-versions"] !== true || url === null
        ? []
        : [{ label: "Make it current", icon: IconArrowBackUp, onClick: () => setAsked(state) }]),
    ];
  };

  return (
    <Panel title="States" description="The newest first" padded={false}>
      <PagedTable
        query={query}
        label="The list of states"
        minWidth={640}
        empty={
          <Empty icon={IconDatabase} title="No state yet">
            The first apply writes one, or terraform state push.
          </Empty>
        }
        columns={[
          {
            key: "serial",
            header: "Serial",
            cell: (state) => (
              <>
                {state.attributes.serial}
                {state.id === current && <b> · current</b>}
                {state.attributes.intermediate && (
                  <Text span size="xs" c="dimmed">
                    {" "}
                    · written during an apply
                  </Text>
                )}
              </>
            ),
          },
          {
            key: "run",
            header: "From",
            cell: (state) => {
              const runId = relatedId(state, "run");
              return runId === null ? (
                "a command or a person"
              ) : (
                <PageLink to="/runs/$runId" params={{ runId }}>
                  run
                </PageLink>
              );
            },
          },
          {
            key: "resources",
            header: "Resources",
            numeric: true,
            cell: ({ attributes }) => attributes["billable-rum-count"] ?? "–",
          },
          {
            key: "size",
            header: "Size",
            numeric: true,
            from: "sm",
            cell: ({ attributes }) => formatBytes(attributes.size),
          },
          {
            key: "engine",
            header: "Engine",
            from: "md",
            cell: ({ attributes }) => attributes["terraform-version"] ?? "–",
          },
          { key: "when", header: "When", cell: ({ attributes }) => <Time at={attributes["created-at"]} /> },
          menuColumn<StateVersion>(
            (state) => `serial ${String(state.attributes.serial)}`,
            (state) => actionsOf(state),
          ),
        ]}
      />
      <ConfirmDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`Make serial ${String(asked?.attributes.serial ?? "")} current again?`}
        confirm="Make it current"
        danger
        onConfirm={async () => {
          if (asked === undefined) return;
          await rollBack(workspace, asked.id);
          notifyDone("It is the current state again, with a new serial.");
          await refresh();
        }}
      >
        <Text size="sm">
          Nothing that runs is changed. What was made since then is no longer in the state: the next plan would make it
          once more, and what was destroyed since then would be missing. The states after it are kept.
        </Text>
      </ConfirmDialog>
    </Panel>
  );
}
