import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { itemsOf, relatedId } from "../../api/json-api.ts";
import type { WorkspaceRef } from "../../api/types.ts";
import { PageLink } from "../../parts/link.tsx";
import { PagedTable } from "../../parts/paged-table.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Empty } from "../../parts/states.tsx";
import { useSave } from "../../shell/use-save.ts";
import { WorkspacePicker } from "../workspace-picker.tsx";
import type { WorkspaceResource } from "../workspace-resource.ts";
import { addTrigger, removeTrigger, triggersQuery } from "./settings-queries.ts";

/** Which applies of other workspaces start a run here, and where applies of this one do. */
export function TriggersPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const mayChange = workspace.attributes.permissions["can-destroy"] === true;
  const query = useInfiniteQuery(triggersQuery(workspace.id, "inbound"));
  const { saving, save } = useSave(["workspaces"]);
  return (
    <Panel
      title="Run triggers"
      description="When one of these workspaces has applied, a run is started here."
      padded={false}
    >
      <PagedTable
        query={query}
        label="Run triggers"
        minWidth={320}
        empty={<Empty title="Nothing starts a run here">Choose a workspace whose result this one uses.</Empty>}
        columns={[
          {
            key: "source",
            header: "After an apply of",
            cell: (trigger) => (
              <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: relatedId(trigger, "sourceable") ?? "" }}>
                {trigger.attributes["sourceable-name"]}
              </PageLink>
            ),
          },
          {
            key: "remove",
            header: "Remove",
            hideHeader: true,
            width: 60,
            cell: (trigger) =>
              mayChange && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={saving}
                  aria-label={`Remove the trigger of ${trigger.attributes["sourceable-name"]}`}
                  onClick={() => void save(() => removeTrigger(trigger.id), "Removed.")}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              ),
          },
        ]}
      />
      {mayChange && <AddTrigger workspace={workspace} />}
      <Outbound workspace={workspace} />
    </Panel>
  );
}

function AddTrigger({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { saving, save } = useSave(["workspaces"]);
  const [source, setSource] = useState<WorkspaceRef>();
  return (
    <Group align="flex-end" p="md" gap="xs" style={{ borderTop: "1px solid var(--surface-line)" }}>
      <WorkspacePicker label="Another workspace" leaveOut={workspace.id} value={source} onChange={setSource} />
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        loading={saving}
        disabled={source === undefined}
        onClick={() => {
          if (source === undefined) return;
          void save(() => addTrigger(workspace.id, source.id), "Added.").then((done) => done && setSource(undefined));
        }}
      >
        Add trigger
      </Button>
    </Group>
  );
}

function Outbound({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { data } = useInfiniteQuery(triggersQuery(workspace.id, "outbound"));
  const triggers = data === undefined ? [] : itemsOf(data);
  if (triggers.length === 0) return null;
  return (
    <Stack gap={2} p="md" style={{ borderTop: "1px solid var(--surface-line)" }}>
      <Text size="sm" fw={500}>
        Its own applies start runs in
      </Text>
      <Group gap="4px 12px">
        {triggers.map((trigger) => (
          <PageLink
            key={trigger.id}
            size="sm"
            to="/workspaces/$workspaceId"
            params={{ workspaceId: relatedId(trigger, "workspace") ?? "" }}
          >
            {trigger.attributes["workspace-name"]}
          </PageLink>
        ))}
      </Group>
    </Stack>
  );
}
