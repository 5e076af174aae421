import type { Event } from "../events/index.ts";

/** What Ingot tells about beyond the published API. */
export const ingotTriggers = [
  "alert:drift",
  "alert:check",
  "alert:assessment_failed",
  "alert:image_status",
  "alert:run_failed",
  "alert:run_waiting",
  "alert:revocation",
  "channel:moved",
] as const;

/** Those of the published API that Ingot fires. Source: HCP Terraform API, notification configurations. */
export const publishedTriggers = [
  "run:created",
  "run:planning",
  "run:needs_attention",
  "run:applying",
  "run:completed",
  "run:errored",
  "assessment:drifted",
  "assessment:check_failure",
  "assessment:failed",
  "change_request:created",
  "team:change_request",
] as const;

/** Those of the published API whose cause Ingot does not have: they can be chosen, and never fire. */
export const silentTriggers = ["workspace:auto_destroy_reminder", "workspace:auto_destroy_run_results"] as const;

/** What a team can be told of, in the two spellings of the same. Source: HCP Terraform, team notifications; go-tfe. */
export const teamTriggers = ["change_request:created", "team:change_request"] as const;

export const triggers = [...publishedTriggers, ...ingotTriggers] as const;
export type Trigger = (typeof triggers)[number];

/** What is sent when a configuration is tried out. */
export const verificationTrigger = "verification";

const runTriggers: Readonly<Record<string, Trigger>> = {
  "run.pending": "run:created",
  "run.planning": "run:planning",
  "run.applying": "run:applying",
  "run.applied": "run:completed",
  "run.planned_and_finished": "run:completed",
  "run.errored": "run:errored",
  "run.canceled": "run:errored",
};

/** Which triggers an event fires, as far as the event itself can tell. */
export function triggersOf(event: Pick<Event, "kind" | "data">): Trigger[] {
  const { kind, data } = event;
  const plain = runTriggers[kind];
  if (plain !== undefined) return [plain];
  switch (kind) {
    case "run.planned":
    case "run.post_plan_completed":
    case "run.pre_plan_awaiting_decision":
    case "run.post_plan_awaiting_decision":
      return data["waits"] === true ? ["run:needs_attention"] : [];
    case "change_request.created":
      return [...teamTriggers];
    case "channel.assigned":
      return ["channel:moved"];
    case "assessment.finished":
      // Neither for one that a run has canceled.
      if (data["succeeded"] !== true) return data["succeeded"] === false ? ["assessment:failed"] : [];
      return [
        ...(data["drifted"] === true ? (["assessment:drifted"] as const) : []),
        ...(Number(data["checksFailed"] ?? 0) > 0 ? (["assessment:check_failure"] as const) : []),
      ];
    case "alert.opened":
    case "alert.changed":
    case "alert.resolved": {
      const trigger = `alert:${String(data["alertKind"]).replaceAll("-", "_")}`;
      return triggers.filter((known) => known === trigger);
    }
    default:
      return [];
  }
}
