import { describe, expect, it } from "vitest";
import type { PlannedImage } from "../image-uses/index.ts";
import { judgeImages } from "./judge-images.ts";

const now = Date.parse("2030-01-02T03:04:05Z");
const revoked: PlannedImage = {
  resource: "aws_launch_template.web",
  attribute: "image_id",
  identifier: "ami-1",
  declared: true,
  isNew: true,
  isCreated: true,
  newerVersion: null,
  image: {
    externalIdentifier: "ami-1",
    versionId: "v-1",
    versionName: "v1",
    bucketId: "b-1",
    bucketName: "web",
    revokeAt: now,
    revocationMessage: null,
    revocationInheritedFrom: null,
  },
};
const untracked = { ...revoked, image: null };

describe("a plan", () => {
  it.each([
    ["failed", "a resource is created with a revoked version", revoked, "unset"],
    ["passed", "one that exists changes to a revoked version in place", { ...revoked, isCreated: false }, "unset"],
    ["passed", "one keeps a revoked version", { ...revoked, isCreated: false, isNew: false }, "unset"],
    ["failed", "untracked images fail and one is newly used", { ...untracked, isCreated: false }, "fail"],
    ["passed", "untracked images fail and one is kept", { ...untracked, isCreated: false, isNew: false }, "fail"],
    ["passed", "untracked images are reported", untracked, "warn"],
  ] as const)("has %s when %s", (status, _when, image, onUntrackedImage) => {
    const judgement = judgeImages({ images: [image], unknown: [] }, { onUntrackedImage, now });
    expect(judgement.status).toBe(status);
    expect(judgement.outcomes[0]?.level).toBe(status === "failed" ? "error" : "warning");
  });

  it("says first what is worst, and what nobody can know yet", () => {
    const unknown = [{ resource: "aws_instance.later", attribute: "ami" }];
    const good = { ...revoked, image: revoked.image && { ...revoked.image, revokeAt: null } };
    const { outcomes, message } = judgeImages({ images: [good, revoked], unknown }, { onUntrackedImage: "unset", now });
    expect(outcomes.map(({ label }) => label)).toEqual(["Revoked", "Unknown", "Valid"]);
    expect(message).toContain("1 with an image that is known only during the apply");
  });
});
