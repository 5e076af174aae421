import { expect, it } from "vitest";
import type { ImageUse, ImageUseStatus } from "../api/types.ts";
import { countUses } from "./count-uses.ts";

function use(bucket: string | null, workspace: string, status: ImageUseStatus): ImageUse {
  return {
    workspace: { id: workspace, name: workspace },
    resource: "machine.a",
    attribute: "image",
    external_identifier: "x",
    bucket,
    version: bucket && "v1",
    fingerprint: null,
    status,
    channel: null,
    channel_version: null,
    version_created_at: null,
    revoke_at: null,
    revocation_message: null,
    behind_since: null,
    descends_from: null,
    first_seen_at: "2030-01-01T00:00:00Z",
  };
}

it("counts uses and workspaces of each image and finds the worst status", () => {
  const counts = countUses(
    [
      use("web", "one", "current"),
      use("web", "one", "revoked"),
      use("web", "two", "behind"),
      use("db", "two", "current"),
    ],
    (u) => u.bucket,
  );
  expect(counts.get("web")).toEqual({ uses: 3, workspaces: 2, worst: "revoked" });
  expect(counts.get("db")).toEqual({ uses: 1, workspaces: 1, worst: "current" });
});

it("leaves out what belongs to no image, and never calls the unknown good", () => {
  expect(countUses([use(null, "one", "untracked")], (u) => u.bucket).size).toBe(0);
  const counts = countUses([use("web", "one", "current"), use("web", "one", "unknown")], (u) => u.bucket);
  expect(counts.get("web")?.worst).toBe("unknown");
});
