import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { startRun } from "../runs/run-queries.ts";
import { useMay } from "../session/use-session.ts";
import type { WorkspaceDetail } from "./workspace-queries.ts";

const kinds = [
  {
    value: "apply",
    label: "Plan and apply",
    description: "Plans what the configuration says, and applies it after approval.",
  },
  { value: "plan", label: "Plan only", description: "Shows what would change. It can never be applied." },
  {
    value: "refresh",
    label: "Refresh only",
    description: "Writes what is there now into the state, and touches no resource.",
  },
  { value: "destroy", label: "Destroy", description: "Plans to destroy everything that this workspace manages." },
] as const;

type Kind = (typeof kinds)[number]["value"];

const messages: Readonly<Record<Kind, string>> = {
  apply: "Started in the console",
  plan: "Plan started in the console",
  refresh: "Refresh started in the console",
  destroy: "Destroy started in the console",
};

/** Queues a run of the newest configuration of the workspace and goes to it. */
export function StartRunButton({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [kind, setKind] = useState<Kind>("apply");
  const [message, setMessage] = useState("");
  if (!may("run:create")) return null;
  const autoApply = workspace.settings.auto_apply && (kind === "apply" || kind === "refresh" || kind === "destroy");

  async function start(): Promise<void> {
    const runId = await startRun({
      workspaceId: workspace.id,
      message: message.trim() === "" ? messages[kind] : message.trim(),
      planOnly: kind === "plan",
      refreshOnly: kind === "refresh",
      isDestroy: kind === "destroy",
    });
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
        danger={kind === "destroy"}
        {...(kind === "destroy" ? { typed: workspace.name } : {})}
        onConfirm={start}
      >
        <Stack gap="sm">
          <Radio.Group value={kind} onChange={(value) => setKind(value)} label="What it does">
            <Stack gap="xs" mt={6}>
              {kinds.map((choice) => (
                <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.description} />
              ))}
            </Stack>
          </Radio.Group>
          <TextInput
            label="Message"
            description="Why, for whoever reads the list of runs."
            placeholder={messages[kind]}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
          {autoApply && (
            <Notice tone={kind === "destroy" ? "bad" : "warn"}>
              This workspace applies by itself: when the plan is ready it is applied without asking again.
            </Notice>
          )}
        </Stack>
      </ConfirmDialog>
    </>
  );
}
