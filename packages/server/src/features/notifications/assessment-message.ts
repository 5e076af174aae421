import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { workspaceUrl, type Links, type Message, type MessagePlace } from "./message.ts";
import type { Trigger } from "./triggers.ts";

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

function count(many: number, noun: string): string {
  return many === 1 ? `1 ${noun}` : `${many} ${noun}s`;
}
