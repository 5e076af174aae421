import { describe, expect, it } from "vitest";
import { triggersOf } from "./triggers.ts";

describe("an event", () => {
  it.each([
    ["run.pending", {}, ["run:created"]],
    ["run.planned", { waits: true }, ["run:needs_attention"]],
    ["run.planned", { waits: false }, []],
    ["run.post_plan_completed", { waits: true }, ["run:needs_attention"]],
    ["run.post_plan_awaiting_decision", { waits: true }, ["run:needs_attention"]],
    ["run.planned_and_finished", {}, ["run:completed"]],
    ["run.canceled", {}, ["run:errored"]],
    ["run.discarded", {}, []],
    [
      "assessment.finished",
      { succeeded: true, drifted: true, checksFailed: 2 },
      ["assessment:drifted", "assessment:check_failure"],
    ],
    ["assessment.finished", { succeeded: true, drifted: false, checksFailed: 0 }, []],
    ["assessment.finished", { succeeded: false }, ["assessment:failed"]],
    ["assessment.finished", { succeeded: null, status: "canceled" }, []],
    ["alert.opened", { alertKind: "image-status" }, ["alert:image_status"]],
    ["alert.resolved", { alertKind: "run-failed" }, ["alert:run_failed"]],
    ["channel.assigned", {}, ["channel:moved"]],
    ["change_request.created", {}, ["change_request:created", "team:change_request"]],
    ["version.revoked", {}, []],
  ] as const)("%s with %j fires %j", (kind, data, fired) => {
    expect(triggersOf({ kind, data })).toEqual(fired);
  });
});
