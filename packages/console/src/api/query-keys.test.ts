import { describe, expect, it } from "vitest";
import { staleTopics } from "./query-keys.ts";

describe("staleTopics", () => {
  it("refreshes the activity for every event, known or not", () => {
    expect(staleTopics("something.new")).toEqual(["events"]);
    expect(staleTopics("run.planned")).toContain("events");
  });

  it("refreshes who uses which image when a channel moves, a version is revoked or a run was applied", () => {
    for (const kind of ["channel.assigned", "version.revoked", "run.applied"]) {
      expect(staleTopics(kind)).toContain("image-uses");
    }
    expect(staleTopics("run.planning")).not.toContain("image-uses");
  });
});
