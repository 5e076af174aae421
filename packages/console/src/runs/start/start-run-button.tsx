import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { workspaceResourceQuery } from "../../workspaces/workspace-resource.ts";
import type { WorkspaceDetail } from "../../workspaces/workspace-queries.ts";
import { createRun } from "../run-queries.ts";
import { attributesOfRun, emptyRunForm } from "./run-form.ts";
import { RunFormFields } from "./run-form-fields.tsx";

/** Queues a run of the newest configuration of the workspace and goes to it. */
export function StartRunButton({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: resource } = useQuery(workspaceResourceQuery(workspace.id));
  const [opened, setOpened] = useState(false);
  const [form, setForm] = useState(emptyRunForm);
  if (resource?.attributes.permissions["can-queue-run"] !== true) return null;
  if (workspace.settings.execution_mode === "local") return null;

  async function start(): Promise<void> {
    const runId = await createRun(workspace.id, attributesOfRun(form));
    setForm(emptyRunForm);
    await queries.invalidateQueries({ queryKey: ["runs"] });
    await navigate({ to: "/runs/$runId", params: { runId } });
  }

  return (
    <>
      <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Start run
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Start a run in ${workspace.name}`}
        confirm="Start run"
        danger={form.kind === "destroy"}
        {...(form.kind === "destroy" ? { typed: workspace.name } : {})}
        onConfirm={start}
      >
        <RunFormFields
          form={form}
          onChange={setForm}
          appliesByItself={workspace.settings.auto_apply}
          mayDestroy={resource.attributes["allow-destroy-plan"]}
        />
      </ConfirmDialog>
    </>
  );
}
