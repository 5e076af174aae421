import { expect, it } from "vitest";
import type { ImageUseCount } from "../api/types.ts";
import { countUses } from "./count-uses.ts";

function count(bucket: string, version: string | null, statuses: Partial<ImageUseCount["statuses"]>): ImageUseCount {
  const none = { current: 0, behind: 0, scheduled: 0, revoked: 0, unknown: 0, untracked: 0 };
  return { bucket, version, statuses: { ...none, ...statuses }, workspaces: 2 };
}

it("adds up the uses of each image and finds the worst status", () => {
  const counts = countUses([count("web", null, { current: 1, revoked: 1, behind: 1 })], (one) => one.bucket);
  expect(counts.get("web")).toEqual({ uses: 3, workspaces: 2, worst: "revoked" });
});

it("leaves out what has no key, and never calls the unknown good", () => {
  expect(countUses([count("web", null, { current: 1 })], (one) => one.version).size).toBe(0);
  const counts = countUses([count("web", "v1", { current: 1, unknown: 1 })], (one) => one.version);
  expect(counts.get("v1")?.worst).toBe("unknown");
});
