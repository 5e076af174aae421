import { Button, Group, Stack, Textarea } from "@mantine/core";
import { IconBan, IconCheck, IconPlayerStop, IconPlayerTrackNext, IconX, type Icon } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { dialogOf, WhatApplyDoes } from "./run-action-dialogs.tsx";
import { actOnRun, type RunAction, type RunDetail, type RunPlan } from "./run-queries.ts";

interface Choice {
  readonly action: RunAction;
  readonly label: string;
  readonly icon: Icon;
  readonly look: { readonly variant?: string; readonly color?: string };
}

const commentLengthMax = 10_000;

/** What may be done with the run, as buttons that ask first: only what its status and the caller's role both allow. */
export function RunActions(props: {
  readonly run: RunDetail;
  readonly plan: RunPlan | undefined;
  readonly mayForceExecute: boolean | undefined;
}) {
  const { run, plan } = props;
  const queries = useQueryClient();
  const [asked, setAsked] = useState<RunAction>();
  const [comment, setComment] = useState("");
  const choices = choicesOf(run, props.mayForceExecute === true);

  async function act(action: RunAction): Promise<void> {
    await actOnRun(run.id, action, comment.trim());
    setComment("");
    notifyDone(dialogOf(action).done);
    await queries.invalidateQueries({ queryKey: ["runs"] });
  }

  const dialog = asked === undefined ? undefined : dialogOf(asked);
  return (
    <>
      <Group gap="xs">
        {choices.map(({ action, label, icon: Icon, look }) => (
          <Button key={action} {...look} leftSection={<Icon size={16} aria-hidden />} onClick={() => setAsked(action)}>
            {label}
          </Button>
        ))}
      </Group>
      <ConfirmDialog
        opened={dialog !== undefined}
        onClose={() => setAsked(undefined)}
        title={dialog?.title ?? ""}
        confirm={dialog?.confirm ?? ""}
        danger={asked !== "apply" || run.is_destroy}
        {...(asked === "apply" && run.is_destroy ? { typed: run.workspace.name } : {})}
        onConfirm={async () => {
          if (asked !== undefined) await act(asked);
        }}
      >
        <Stack gap="sm">
          {asked === "apply" ? <WhatApplyDoes run={run} plan={plan} /> : dialog?.body(run)}
          {asked !== "force-execute" && (
            <Textarea
              label="Comment"
              description="Optional. It stays in the history of the run."
              autosize
              minRows={1}
              maxLength={commentLengthMax}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
          )}
        </Stack>
      </ConfirmDialog>
    </>
  );
}

function choicesOf(run: RunDetail, mayForceExecute: boolean): readonly Choice[] {
  const { confirm, discard, cancel, force_cancel: forceCancel } = run.actions;
  const choices: readonly (Choice & { readonly offered: boolean })[] = [
    { action: "apply", label: "Approve", icon: IconCheck, look: {}, offered: confirm },
    {
      action: "force-execute",
      label: "Run it now",
      icon: IconPlayerTrackNext,
      look: { variant: "default" },
      offered: run.status === "pending" && mayForceExecute,
    },
    { action: "discard", label: "Discard", icon: IconX, look: { variant: "default" }, offered: discard },
    { action: "cancel", label: "Cancel run", icon: IconPlayerStop, look: { variant: "default" }, offered: cancel },
    { action: "force-cancel", label: "Force cancel", icon: IconBan, look: { color: "red" }, offered: forceCancel },
  ];
  return choices.filter(({ offered }) => offered);
}
