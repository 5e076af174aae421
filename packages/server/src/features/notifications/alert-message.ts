import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import type { Alert } from "../alerts/index.ts";
import type { Event } from "../events/index.ts";
import { textOf, workspaceUrl, type Links, type Message, type MessagePlace } from "./message.ts";
import type { Trigger } from "./triggers.ts";

const stateWords = { opened: "Alert", changed: "Alert changed", resolved: "Resolved" } as const;

/** A message about an alert, in the shape `ingot-1`. `event` says what happened to it: the alert may have moved on. */
export function alertMessage(links: Links, place: MessagePlace, trigger: Trigger, alert: Alert, event: Event): Message {
  const state = event.kind === "alert.resolved" ? "resolved" : event.kind === "alert.changed" ? "changed" : "opened";
  const url = `${links.publicUrl}/app/alerts/${alert.id}`;
  // What the event says was true when it happened; the alert may have been changed or resolved since.
  const title = textOf(event, "title", alert.title);
  const detail = textOf(event, "detail", alert.detail);
  const resolvedAt = state === "resolved" ? event.at : null;
  return {
    trigger,
    title: `${stateWords[state]}: ${title}`,
    text: state === "resolved" ? `This is no longer the case: ${detail}` : detail,
    facts: [
      ...(place.workspace === null ? [] : [{ label: "Workspace", value: place.workspace.name }]),
      ...(alert.bucketName === null
        ? []
        : [{ label: "Image", value: `${alert.bucketName} ${alert.versionName ?? ""}`.trim() }]),
      { label: "Severity", value: alert.severity },
      { label: "Since", value: toRfc3339(alert.openedAt) },
      ...(resolvedAt === null ? [] : [{ label: "Resolved", value: toRfc3339(resolvedAt) }]),
    ],
    link: { label: "Open the alert", url },
    advice: state === "resolved" ? null : alertAdvice[alert.kind],
    tone: state === "resolved" ? "good" : alert.severity === "info" ? "neutral" : "bad",
    payload: {
      payload_version: "ingot-1",
      notification_configuration_id: place.configurationId,
      trigger,
      state,
      message: `${stateWords[state]}: ${title}`,
      alert: {
        id: alert.id,
        kind: alert.kind,
        severity: textOf(event, "severity", alert.severity),
        title,
        detail,
        opened_at: toRfc3339(alert.openedAt),
        changed_at: toRfc3339(event.at),
        resolved_at: toRfc3339OrNull(resolvedAt),
        url,
      },
      workspace:
        place.workspace === null
          ? null
          : { id: place.workspace.id, name: place.workspace.name, url: workspaceUrl(links, place) },
      run: alert.runId === null ? null : { id: alert.runId, url: `${links.publicUrl}/app/runs/${alert.runId}` },
      image: alert.bucketName === null ? null : { bucket: alert.bucketName, version: alert.versionName },
      organization_name: place.organizationName,
    },
  };
}

const alertAdvice: Readonly<Record<Alert["kind"], string>> = {
  drift: "Start a run to put things back as configured, or a refresh-only run to accept the change.",
  check: "Look at what the check looks at; the alert resolves with the next assessment that passes.",
  "assessment-failed": "Until an assessment succeeds nothing is known about drift and checks of this workspace.",
  "image-status": "Start a run: it plans the replacement by the version that the channel points at.",
  "run-failed": "Read the log of the run; the alert resolves with the next run that succeeds.",
  "run-waiting": "Read the plan, then confirm or discard the run.",
  revocation: "Look at who uses the version, and start runs there; or restore the version.",
};
