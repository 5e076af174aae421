import { Button, Group, List, Stack, Text } from "@mantine/core";
import { IconBan, IconCheck, IconPlayerStop, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { summarizeChanges } from "../changes/describe-change.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { useMay } from "../session/use-session.ts";
import { notifyDone } from "../shell/notify.tsx";
import { actOnRun, type RunAction, type RunDetail, type RunPlan } from "./run-queries.ts";

/** What may be done with the run, as buttons that ask first: only what its status and the caller's role both allow. */
export function RunActions({ run, plan }: { readonly run: RunDetail; readonly plan: RunPlan | undefined }) {
  const may = useMay();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<RunAction>();
  const mayApply = may("run:apply");
  const canForceCancel = run.actions.force_cancel && may("workspace:delete");

  async function act(action: RunAction): Promise<void> {
    await actOnRun(run.id, action);
    notifyDone(dialogs[action].done);
    await queries.invalidateQueries({ queryKey: ["runs"] });
  }

  const dialog = asked === undefined ? undefined : dialogs[asked];
  return (
    <>
      <Group gap="xs">
        {mayApply && run.actions.confirm && (
          <Button leftSection={<IconCheck size={16} aria-hidden />} onClick={() => setAsked("apply")}>
            Approve
          </Button>
        )}
        {mayApply && run.actions.discard && (
          <Button variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={() => setAsked("discard")}>
            Discard
          </Button>
        )}
        {mayApply && run.actions.cancel && (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={16} aria-hidden />}
            onClick={() => setAsked("cancel")}
          >
            Cancel run
          </Button>
        )}
        {canForceCancel && (
          <Button color="red" leftSection={<IconBan size={16} aria-hidden />} onClick={() => setAsked("force-cancel")}>
            Force cancel
          </Button>
        )}
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
        {asked === "apply" && <WhatApplyDoes run={run} plan={plan} />}
        {asked !== undefined && asked !== "apply" && dialogs[asked].body(run)}
      </ConfirmDialog>
    </>
  );
}

const dialogs: Readonly<
  Record<RunAction, { title: string; confirm: string; done: string; body: (run: RunDetail) => ReactNode }>
> = {
  apply: { title: "Apply this plan?", confirm: "Apply", done: "Approved. The apply is queued.", body: () => null },
  discard: {
    title: "Discard this run?",
    confirm: "Discard run",
    done: "The run is discarded.",
    body: (run) => (
      <Text size="sm">
        Nothing is changed in {run.workspace.name}. The plan cannot be applied afterwards, and the next run in the queue
        starts.
      </Text>
    ),
  },
  cancel: {
    title: "Cancel this run?",
    confirm: "Cancel run",
    done: "The run is asked to stop.",
    body: (run) => (
      <Text size="sm">
        {run.status === "applying"
          ? "The engine is asked to stop after what it is doing at the moment, and saves the state. What it has changed so far stays changed."
          : "The run ends. Nothing has been changed yet."}
      </Text>
    ),
  },
  "force-cancel": {
    title: "Force this run to end?",
    confirm: "Force cancel",
    done: "The engine is ended at once.",
    body: (run) => (
      <Text size="sm">
        The engine was asked to stop and has not. It is now killed, whatever it is doing in {run.workspace.name}.
        Changes since the last state that it saved can be lost from the state: look at what is really there afterwards.
      </Text>
    ),
  },
};

function WhatApplyDoes({ run, plan }: { readonly run: RunDetail; readonly plan: RunPlan | undefined }) {
  if (run.refresh_only) {
    return (
      <Text size="sm">
        The state of {run.workspace.name} takes over what was found outside. No resource is touched. What the
        configuration says stays as it is: the next normal run plans to undo whatever differs from it.
      </Text>
    );
  }
  const images = plan?.image_changes ?? [];
  return (
    <Stack gap="xs">
      <Text size="sm">
        {run.is_destroy ? "Everything that this workspace manages is destroyed" : "The plan is applied"} in{" "}
        <b>{run.workspace.name}</b>: {plan === undefined ? "see the plan" : summarizeChanges(plan.changes)}.
      </Text>
      {images.length > 0 && (
        <List size="sm">
          {images.slice(0, 8).map((change) => (
            <List.Item key={`${change.resource} ${change.attribute}`}>
              {change.resource}: {nameOf(change.from)} → {nameOf(change.to)}
            </List.Item>
          ))}
          {images.length > 8 && <List.Item>and {images.length - 8} more</List.Item>}
        </List>
      )}
    </Stack>
  );
}

function nameOf(image: RunPlan["image_changes"][number]["from"]): string {
  if (image === null) return "no image";
  return image.bucket === null ? image.identifier : `${image.bucket} ${image.version ?? ""}`.trim();
}
