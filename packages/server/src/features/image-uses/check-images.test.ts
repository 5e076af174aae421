import { describe, expect, it } from "vitest";
import { checkImages, type Replacement } from "./check-images.ts";
import type { TrackedImage } from "./tracked-image.ts";

const now = Date.parse("2030-01-02T03:04:05Z");
const revoked: TrackedImage = {
  externalIdentifier: "sha256:a",
  versionId: "v-1",
  versionName: "v1",
  bucketId: "b-1",
  bucketName: "golden-app",
  revokeAt: now - 1000,
  revocationMessage: "CVE-2030-1 in openssl",
  revocationInheritedFrom: { bucketName: "golden-base", versionName: "v1" },
};

function deps(images: TrackedImage[], replacement?: Replacement) {
  return {
    now: () => now,
    findTrackedImages: async () => new Map(images.map((image) => [image.externalIdentifier, image])),
    findReplacement: async () => replacement,
  };
}

function planOf(actions: string[], before: unknown, after: unknown, after_unknown: unknown = {}) {
  return {
    format_version: "1.2",
    resource_changes: [
      {
        address: "devcloud_machine.m[0]",
        mode: "managed",
        type: "devcloud_machine",
        change: { actions, before, after, after_unknown },
      },
    ],
  };
}
const creates = planOf(["create"], null, { image: "sha256:a" });

describe("checkImages", () => {
  it("refuses a new use of a revoked version and names image, version, reason and what to use instead", async () => {
    const check = await checkImages(deps([revoked], { versionName: "v2", identifiers: ["sha256:b"] }), "org", creates);
    expect(check.passed).toBe(false);
    for (const part of [
      "golden-app v1",
      "devcloud_machine.m[0]",
      "CVE-2030-1 in openssl",
      "golden-base v1",
      "golden-app v2",
      "sha256:b",
    ]) {
      expect(check.text).toContain(part);
    }
  });

  it("says what to do when no valid version exists", async () => {
    const check = await checkImages(deps([revoked]), "org", creates);
    expect(check.text).toContain("no valid version of golden-app yet");
  });

  it("reports a revoked version that keeps running, and lets the plan pass", async () => {
    const check = await checkImages(
      deps([revoked]),
      "org",
      planOf(["no-op"], { image: "sha256:a" }, { image: "sha256:a" }),
    );
    expect(check).toMatchObject({ passed: true });
    expect(check.text).toContain("still runs: devcloud_machine.m[0]");
  });

  it("takes a revocation at this very moment as effective, and one a moment later as scheduled", async () => {
    expect((await checkImages(deps([{ ...revoked, revokeAt: now }]), "org", creates)).passed).toBe(false);
    const later = await checkImages(deps([{ ...revoked, revokeAt: now + 1 }]), "org", creates);
    expect(later.passed).toBe(true);
    expect(later.text).toContain("will be revoked at");
  });

  it("says which images it could not check", async () => {
    const check = await checkImages(deps([]), "org", planOf(["create"], null, {}, { image: true }));
    expect(check).toMatchObject({ passed: true });
    expect(check.text).toContain("devcloud_machine.m[0] (image)");
  });

  it("has nothing to say about images that are in order", async () => {
    expect(await checkImages(deps([{ ...revoked, revokeAt: null }]), "org", creates)).toEqual({
      passed: true,
      text: "",
    });
  });
});
