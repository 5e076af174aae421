import { Button, Checkbox, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { Panel } from "../../parts/panel.tsx";
import { notifyDone } from "../../shell/notify.tsx";
import { useRefresh } from "../../shell/use-save.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";
import { deleteWorkspace } from "./settings-queries.ts";

/** The end of a workspace; only for whoever may bring it about. */
export function DeletePanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { permissions, name } = workspace.attributes;
  const mayForce = permissions["can-force-delete"] === true;
  const navigate = useNavigate();
  const refresh = useRefresh(["workspaces", "runs"]);
  const [asked, setAsked] = useState(false);
  const [force, setForce] = useState(false);
  if (permissions["can-destroy"] !== true && permissions["can-update"] !== true) return null;
  return (
    <Panel title="Delete this workspace">
      <Text size="sm" mb="sm">
        Its runs, states and variables are gone with it. A workspace that still manages resources is not deleted: start
        a run that destroys them first.
      </Text>
      <Button
        color="red"
        variant="outline"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setAsked(true)}
      >
        Delete workspace
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={`Delete ${name}?`}
        confirm="Delete workspace"
        danger
        typed={name}
        onConfirm={async () => {
          await deleteWorkspace(workspace.id, !force);
          await navigate({ to: "/workspaces" });
          notifyDone(`${name} is deleted.`);
          await refresh();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">This cannot be taken back.</Text>
          {mayForce && (
            <Checkbox
              label="Even if it still manages resources"
              description="They stay where they are, and nothing knows of them any more."
              checked={force}
              onChange={(event) => setForce(event.currentTarget.checked)}
            />
          )}
        </Stack>
      </ConfirmDialog>
    </Panel>
  );
}
