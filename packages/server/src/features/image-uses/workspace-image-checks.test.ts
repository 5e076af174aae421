import { describe, expect, it } from "vitest";
import type { CheckedUse } from "./use-status-store.ts";
import { judgeImages, type ImageCheckKind } from "./workspace-image-checks.ts";

const dayMs = 86_400_000;
const now = Date.parse("2030-06-01T00:00:00Z");
const good: CheckedUse = {
  resource: "devcloud_machine.web",
  bucketName: "golden",
  versionName: "v1",
  status: "current",
  channelName: "production",
  versionCreatedAt: now - dayMs,
  revokeAt: null,
  behindSince: null,
};
const deleted: CheckedUse = { ...good, status: "unknown", versionCreatedAt: null, channelName: null };

function judged(kind: ImageCheckKind, uses: readonly CheckedUse[], limits: [number | null, number | null] = [30, 7]) {
  const [ageDaysMax, behindDaysMax] = limits;
  return judgeImages({ uses, ageDaysMax, behindDaysMax }, now).find((check) => check.kind === kind);
}

describe("the built-in checks of images", () => {
  it.each<[string, ImageCheckKind, readonly CheckedUse[], string]>([
    ["nothing runs", "revoked", [], "pass"],
    ["a good version runs", "revoked", [good], "pass"],
    ["a revoked version runs", "revoked", [good, { ...good, status: "revoked", revokeAt: now }], "fail"],
    [
      "a revoked version runs beside one that nobody knows",
      "revoked",
      [deleted, { ...good, status: "revoked" }],
      "fail",
    ],
    ["a version runs that was deleted", "revoked", [good, deleted], "unknown"],
    ["an image runs that nobody knows", "too-old", [{ ...deleted, status: "untracked" }], "unknown"],
    ["a revocation is ahead", "revocation-scheduled", [{ ...good, status: "scheduled", revokeAt: now + 1 }], "fail"],
    ["a revocation is ahead", "revoked", [{ ...good, status: "scheduled", revokeAt: now + 1 }], "pass"],
    [
      "an image has exactly the age that is allowed",
      "too-old",
      [{ ...good, versionCreatedAt: now - 30 * dayMs }],
      "pass",
    ],
    ["an image is older", "too-old", [{ ...good, versionCreatedAt: now - 30 * dayMs - 1 }], "fail"],
    [
      "an image is behind for a while",
      "behind-too-long",
      [{ ...good, status: "behind", behindSince: now - dayMs }],
      "pass",
    ],
    [
      "an image is behind too long",
      "behind-too-long",
      [{ ...good, status: "behind", behindSince: now - 8 * dayMs }],
      "fail",
    ],
    ["a revoked image is behind too long", "behind-too-long", [{ ...good, status: "revoked", behindSince: 1 }], "fail"],
    ["its channel points at nothing", "behind-too-long", [{ ...good, status: "unknown" }], "unknown"],
  ])("when %s, %s", (_name, kind, uses, status) => {
    expect(judged(kind, uses)?.status).toBe(status);
  });

  it("is off where no limit is set, whatever runs", () => {
    const old = { ...good, versionCreatedAt: 0, behindSince: 0 };
    expect(judged("too-old", [old], [null, null])).toMatchObject({ status: "off", uses: [] });
    expect(judged("behind-too-long", [old], [null, null])).toMatchObject({ status: "off", uses: [] });
  });

  it("names the uses concerned, 50 of them, and counts the rest", () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ ...good, resource: `r.${n}`, status: "revoked" as const }));
    expect(judged("revoked", [good, ...many])).toMatchObject({
      message: "In 60 resources a revoked version runs.",
      usesTotal: 60,
      uses: { length: 50, 0: { resource: "r.0", bucket: "golden", version: "v1" } },
    });
  });

  it("says when the first of several scheduled revocations takes effect", () => {
    const uses = [2, 1].map((days) => ({ ...good, status: "scheduled" as const, revokeAt: now + days * dayMs }));
    expect(judged("revocation-scheduled", uses)?.message).toContain("2030-06-02T00:00:00");
  });
});
