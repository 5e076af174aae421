import { Button, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { WorkspaceRef } from "../../api/types.ts";
import { Panel } from "../../parts/panel.tsx";
import { useSave } from "../../shell/use-save.ts";
import { WorkspacesPicker } from "../workspace-picker.tsx";
import { changeWorkspace, type WorkspaceResource } from "../workspace-resource.ts";
import { changeConsumers, consumersQuery } from "./settings-queries.ts";

type Sharing = "organization" | "project" | "named";

const choices: readonly { readonly value: Sharing; readonly label: string; readonly description: string }[] = [
  { value: "named", label: "Named workspaces", description: "And nobody else; none named: nobody." },
  { value: "project", label: "Its project", description: "Every workspace of the same project may read it." },
  { value: "organization", label: "The organization", description: "Every workspace may read it." },
];

/** Whose runs may read the state of this workspace, as terraform_remote_state and tfe_outputs do. */
export function SharingPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { attributes } = workspace;
  const readOnly = attributes.permissions["can-update"] !== true;
  const { saving, save } = useSave(["workspaces"]);
  const consumers = useQuery(consumersQuery(workspace.id)).data;
  const [chosen, setChosen] = useState<Sharing>();
  const [named, setNamed] = useState<readonly WorkspaceRef[]>();
  const before = sharingOf(workspace);
  const sharing = chosen ?? before;
  const shown = named ?? consumers?.shown ?? [];

  async function submit(): Promise<void> {
    const done = await save(async () => {
      if (chosen !== undefined && chosen !== before) {
        await changeWorkspace(workspace.id, {
          "global-remote-state": sharing === "organization",
          "project-remote-state": sharing === "project",
        });
      }
      if (named !== undefined && consumers !== undefined) await changeConsumers(workspace.id, consumers.shown, named);
    });
    if (!done) return;
    setChosen(undefined);
    setNamed(undefined);
  }

  return (
    <Panel title="Who may read its state" description="Runs of other workspaces, with their own credentials">
      <Stack gap="sm">
        <Radio.Group aria-label="Who may read its state" value={sharing} onChange={(value) => setChosen(value)}>
          <Stack gap="xs">
            {choices.map((choice) => (
              <Radio key={choice.value} {...choice} disabled={readOnly} />
            ))}
          </Stack>
        </Radio.Group>
        {sharing === "named" && (
          <>
            <WorkspacesPicker
              label="Workspaces"
              disabled={readOnly || consumers === undefined}
              leaveOut={workspace.id}
              value={shown}
              onChange={setNamed}
            />
            {consumers !== undefined && consumers.total > consumers.shown.length && (
              <Text size="xs" c="dimmed">
                And {consumers.total - consumers.shown.length} more, which stay as they are. The API has all of them.
              </Text>
            )}
          </>
        )}
        {!readOnly && (
          <div>
            <Button
              loading={saving}
              disabled={(chosen ?? before) === before && named === undefined}
              onClick={() => void submit()}
            >
              Save
            </Button>
          </div>
        )}
      </Stack>
    </Panel>
  );
}

function sharingOf({ attributes }: WorkspaceResource): Sharing {
  if (attributes["global-remote-state"]) return "organization";
  return attributes["project-remote-state"] ? "project" : "named";
}
