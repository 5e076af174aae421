import { List, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { summarizeChanges } from "../changes/describe-change.ts";
import type { RunAction, RunDetail, RunPlan } from "./run-queries.ts";

export interface ActionDialog {
  readonly title: string;
  readonly confirm: string;
  /** What is said once it is done. */
  readonly done: string;
  readonly body: (run: RunDetail) => ReactNode;
}

/** How an action is asked for. */
export function dialogOf(action: RunAction): ActionDialog {
  return dialogs[action];
}

const dialogs: Readonly<Record<RunAction, ActionDialog>> = {
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
    body: (run) => <Text size="sm">{whatCancelDoes(run)}</Text>,
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
  "force-execute": {
    title: "Run this before all others?",
    confirm: "Run it now",
    done: "It is the next run.",
    body: (run) => (
      <Text size="sm">
        The run of {run.workspace.name} that waits for a person is discarded, and so is every run queued before this
        one. None of them can be taken up again.
      </Text>
    ),
  },
};

function whatCancelDoes(run: RunDetail): string {
  if (run.status === "applying") {
    return "The engine is asked to stop after what it is doing at the moment, and saves the state. What it has changed so far stays changed.";
  }
  if (run.status === "post_apply_running") {
    return "Everything has been applied and stays so. Nobody waits any longer for what the run tasks say about it.";
  }
  return "The run ends. Nothing has been changed yet.";
}

/** What the approval sets going. */
export function WhatApplyDoes({ run, plan }: { readonly run: RunDetail; readonly plan: RunPlan | undefined }) {
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
