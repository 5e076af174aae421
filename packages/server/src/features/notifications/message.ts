import { toRfc3339, toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import type { Alert } from "../alerts/index.ts";
import type { Event } from "../events/index.ts";
import type { Run } from "../runs/index.ts";
import { verificationTrigger, type Trigger } from "./triggers.ts";

/** What somebody is told, before it takes the shape of a destination. Kept with its delivery: a retry says the same. */
export interface Message {
  readonly trigger: string;
  /** A few words. */
  readonly title: string;
  /** A sentence or two. */
  readonly text: string;
  /** For people, in order. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly link: { readonly label: string; readonly url: string } | null;
  /** What to do about it; null when there is nothing to do. */
  readonly advice: string | null;
  readonly tone: "good" | "neutral" | "bad";
  /** What a generic webhook gets. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where the console and the API show things. */
export interface Links {
  readonly publicUrl: string;
}

export interface MessagePlace {
  readonly organizationName: string;
  readonly workspace: { readonly id: string; readonly name: string } | null;
  readonly configurationId: string;
}

/** The result of an assessment, as the published API names its parts. */
export interface AssessmentResult {
  readonly id: string;
  readonly succeeded: boolean;
  readonly drifted: boolean | null;
  readonly allChecksSucceeded: boolean | null;
  readonly resourcesDrifted: number | null;
  readonly resourcesUndrifted: number | null;
  readonly checksPassed: number | null;
  readonly checksFailed: number | null;
  readonly checksErrored: number | null;
  readonly checksUnknown: number | null;
  readonly errorMessage: string | null;
  readonly createdAt: Millis;
}

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
  const status = String(event.data["status"] ?? run.status);
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

const assessmentTitles: Readonly<Partial<Record<Trigger, string>>> = {
  "assessment:drifted": "Drift Detected",
  "assessment:check_failure": "Check Failed",
  "assessment:failed": "Assessment Failed",
};

/** Source: HCP Terraform API, health assessment notification payload; its version is a text. */
export function assessmentMessage(
  links: Links,
  place: MessagePlace,
  trigger: Trigger,
  results: { readonly latest: AssessmentResult; readonly prior: AssessmentResult | null },
): Message {
  const { latest, prior } = results;
  const title = assessmentTitles[trigger] ?? "Assessment";
  const workspaceName = place.workspace?.name ?? "";
  return {
    trigger,
    title: `${title}: ${workspaceName}`,
    text: `The assessment of ${workspaceName} ${assessmentWords(trigger, latest)}.`,
    facts: [
      { label: "Workspace", value: workspaceName },
      { label: "At", value: toRfc3339(latest.createdAt) },
      ...(latest.errorMessage === null ? [] : [{ label: "Error", value: latest.errorMessage.slice(0, 1000) }]),
    ],
    link: { label: "Open the workspace", url: workspaceUrl(links, place) },
    advice: null,
    tone: "bad",
    payload: {
      payload_version: "2",
      notification_configuration_id: place.configurationId,
      notification_configuration_url: `${links.publicUrl}/api/v2/notification-configurations/${place.configurationId}`,
      trigger_scope: "assessment",
      trigger,
      message: title,
      details: {
        new_assessment_result: presentResult(links, latest),
        prior_assessment_result: prior === null ? null : presentResult(links, prior),
        workspace_id: place.workspace?.id ?? null,
        workspace_name: workspaceName,
        organization_name: place.organizationName,
      },
    },
  };
}

function assessmentWords(trigger: Trigger, result: AssessmentResult): string {
  switch (trigger) {
    case "assessment:drifted":
      return `found ${count(result.resourcesDrifted ?? 0, "resource")} that changed outside of Terraform`;
    case "assessment:check_failure":
      return `found ${count((result.checksFailed ?? 0) + (result.checksErrored ?? 0), "check")} that did not pass`;
    default:
      return "could not be made";
  }
}

function presentResult(links: Links, result: AssessmentResult): object {
  return {
    id: result.id,
    url: `${links.publicUrl}/api/v2/assessment-results/${result.id}`,
    succeeded: result.succeeded,
    drifted: result.drifted,
    all_checks_succeeded: result.allChecksSucceeded,
    resources_drifted: result.resourcesDrifted,
    resources_undrifted: result.resourcesUndrifted,
    checks_passed: result.checksPassed,
    checks_failed: result.checksFailed,
    checks_errored: result.checksErrored,
    checks_unknown: result.checksUnknown,
    created_at: toRfc3339(result.createdAt),
  };
}

const stateWords = { opened: "Alert", changed: "Alert changed", resolved: "Resolved" } as const;

/** A message about an alert, in the shape `ingot-1`. `event` says what happened to it: the alert may have moved on. */
export function alertMessage(links: Links, place: MessagePlace, trigger: Trigger, alert: Alert, event: Event): Message {
  const state = event.kind === "alert.resolved" ? "resolved" : event.kind === "alert.changed" ? "changed" : "opened";
  const url = `${links.publicUrl}/app/alerts/${alert.id}`;
  // What the event says was true when it happened; the alert may have been changed or resolved since.
  const title = String(event.data["title"] ?? alert.title);
  const detail = String(event.data["detail"] ?? alert.detail);
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
      message: title,
      alert: {
        id: alert.id,
        kind: alert.kind,
        severity: String(event.data["severity"] ?? alert.severity),
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

/** A channel points elsewhere. */
export function channelMessage(links: Links, place: MessagePlace, trigger: Trigger, event: Event): Message {
  const bucket = String(event.data["bucket"] ?? "");
  const channel = String(event.data["channel"] ?? "");
  const version = typeof event.data["version"] === "string" ? event.data["version"] : null;
  const url = `${links.publicUrl}/app/images/${encodeURIComponent(bucket)}`;
  return {
    trigger,
    title: `Channel moved: ${bucket} ${channel}`,
    text: `${event.summary}.`,
    facts: [
      { label: "Channel", value: `${bucket} ${channel}` },
      { label: "Version", value: version ?? "none" },
      ...(event.actorName === null ? [] : [{ label: "By", value: event.actorName }]),
      { label: "At", value: toRfc3339(event.at) },
    ],
    link: { label: "Open the bucket", url },
    advice: null,
    tone: "neutral",
    payload: {
      payload_version: "ingot-1",
      notification_configuration_id: place.configurationId,
      trigger,
      state: "changed",
      message: event.summary,
      channel: { bucket, channel, version, moved_by: event.actorName, moved_at: toRfc3339(event.at), url },
      organization_name: place.organizationName,
    },
  };
}

/** What is sent to try a configuration out. Source: HCP Terraform API, notification verification payload. */
export function verificationMessage(configuration: { readonly id: string; readonly name: string }): Message {
  const text = `Verification of ${configuration.name}`;
  return {
    trigger: verificationTrigger,
    title: text,
    text: "Somebody has set up notifications to this address. When you can read this, they arrive.",
    facts: [],
    link: null,
    advice: null,
    tone: "neutral",
    payload: {
      payload_version: 1,
      notification_configuration_id: configuration.id,
      run_url: null,
      run_id: null,
      run_message: null,
      run_created_at: null,
      run_created_by: null,
      workspace_id: null,
      workspace_name: null,
      organization_name: null,
      notifications: [
        { message: text, trigger: verificationTrigger, run_status: null, run_updated_at: null, run_updated_by: null },
      ],
    },
  };
}

function workspaceUrl(links: Links, place: MessagePlace): string {
  return `${links.publicUrl}/app/workspaces/${place.workspace?.id ?? ""}`;
}

function titled(status: string): string {
  return status
    .split("_")
    .map((word) => (word === "and" ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ");
}

function count(many: number, noun: string): string {
  return many === 1 ? `1 ${noun}` : `${many} ${noun}s`;
}
