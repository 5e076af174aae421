import { expect, it } from "vitest";
import type { Event } from "../api/types.ts";
import { gatherEvents } from "./gather-events.ts";

let count = 0;
function event(kind: string, data: Record<string, unknown> = {}, actor: string | null = null): Event {
  count += 1;
  return { id: String(count), kind, at: "2030-01-01T00:00:00Z", summary: kind, actor, workspace: null, data };
}

it("shows a run once, where it is now, with who asked for it", () => {
  const happenings = gatherEvents([
    event("run.applied", { runId: "r1" }),
    event("channel.assigned"),
    event("run.planning", { runId: "r2" }),
    event("run.planned", { runId: "r1" }),
    event("run.pending", { runId: "r1" }, "admin"),
  ]);
  expect(happenings.map(({ event, steps }) => [event.kind, steps, event.actor])).toEqual([
    ["run.applied", 3, "admin"],
    ["channel.assigned", 1, null],
    ["run.planning", 1, null],
  ]);
});

it("shows nothing twice when pages overlap", () => {
  const one = event("version.revoked");
  expect(gatherEvents([one, one])).toHaveLength(1);
});
