import { toRfc3339 } from "../../platform/clock.ts";
import type { Event } from "../events/index.ts";
import type { Run } from "../runs/index.ts";
import { textOf, type Links, type Message, type MessagePlace } from "./message.ts";
import type { Trigger } from "./triggers.ts";

const runTitles: Readonly<Partial<Record<Trigger, string>>> = {
  "run:created": "Run Created",
  "run:planning": "Run Planning",
  "run:needs_attention": "Run Needs Attention",
  "run:applying": "Run Applying",
};

/**
 * A message about a run. `event` says which status it entered and when: the run itself may have moved on.
 * Source: HCP Terraform API, run notification payload.
 */
export function runMessage(links: Links, place: MessagePlace, trigger: Trigger, run: Run, event: Event): Message {
  const status = textOf(event, "status", run.status);
  const title = runTitles[trigger] ?? `Run ${titled(status)}`;
  const workspaceName = place.workspace?.name ?? "";
  const url = `${links.publicUrl}/app/${place.organizationName}/workspaces/${workspaceName}/runs/${run.id}`;
  return {
    trigger,
    title: `${title}: ${workspaceName}`,
    text: `${event.summary}.`,
    facts: [
      { label: "Workspace", value: workspaceName },
      { label: "Run", value: run.id },
      { label: "Reason", value: run.message },
      { label: "Created by", value: run.createdByName },
      { label: "Created", value: toRfc3339(run.createdAt) },
      { label: "At", value: toRfc3339(event.at) },
      ...(run.errorMessage === null ? [] : [{ label: "Error", value: run.errorMessage.slice(0, 1000) }]),
    ],
    link: { label: "Open the run", url },
    advice: runAdvice(trigger),
    tone: trigger === "run:errored" ? "bad" : trigger === "run:completed" ? "good" : "neutral",
    payload: {
      payload_version: 1,
      notification_configuration_id: place.configurationId,
      run_url: url,
      run_id: run.id,
      run_message: run.message,
      run_created_at: toRfc3339(run.createdAt),
      run_created_by: run.createdByName,
      workspace_id: run.workspaceId,
      workspace_name: workspaceName,
      organization_name: place.organizationName,
      notifications: [
        {
          message: title,
          trigger,
          run_status: status,
          run_updated_at: toRfc3339(event.at),
          run_updated_by: event.actorName,
        },
      ],
    },
  };
}

function runAdvice(trigger: Trigger): string | null {
  if (trigger === "run:needs_attention") return "Read the plan, then confirm or discard the run.";
  return trigger === "run:errored" ? "Read the log of the run, and start another when the cause is gone." : null;
}

function titled(status: string): string {
  return status
    .split("_")
    .map((word) => (word === "and" ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ");
}
