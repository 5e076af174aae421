import { describe, expect, it } from "vitest";
import { presentChannel, presentRemoteState, selectArtifacts, type ConsumedChannel } from "./present-channel.ts";

const now = Date.parse("2030-01-02T03:04:05Z");
const version = {
  id: "01V",
  name: "v2",
  fingerprint: "fp",
  createdAt: now - 5000,
  revokeAt: null,
  revocationMessage: null,
  artifacts: [
    { platform: "aws", region: "us-east-1", component: "amazon-ebs.a", externalIdentifier: "ami-1" },
    { platform: "aws", region: "eu-west-1", component: "amazon-ebs.a", externalIdentifier: "ami-2" },
    { platform: "aws", region: "us-east-1", component: "amazon-ebs.b", externalIdentifier: "ami-3" },
  ],
} as const;
const channel: ConsumedChannel = {
  channelId: "01C",
  channelName: "production",
  bucketName: "app",
  updatedAt: now,
  serial: 3,
  version,
};
const revoked: ConsumedChannel = { ...channel, version: { ...version, revokeAt: now, revocationMessage: "CVE-1" } };

describe("selectArtifacts", () => {
  it("answers the one artifact that fits", () => {
    expect(selectArtifacts(channel, { region: "eu-west-1" }, now)).toBe("ami-2");
    expect(selectArtifacts(channel, { component: "amazon-ebs.b" }, now)).toBe("ami-3");
  });

  it.each([
    [{}, "several_artifacts", "region=eu-west-1"],
    [{ region: "mars" }, "no_such_artifact", "region=us-east-1"],
  ])("names the choices when %j does not choose one", (choice, code, part) => {
    expect(() => selectArtifacts(channel, choice, now)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(part) }),
    );
  });

  it("refuses a revoked version unless asked for it, from the very moment", () => {
    expect(() => selectArtifacts(revoked, { region: "eu-west-1" }, now)).toThrow(
      expect.objectContaining({ code: "version_revoked" }),
    );
    expect(selectArtifacts(revoked, { region: "eu-west-1", "allow-revoked": "true" }, now)).toBe("ami-2");
    expect(selectArtifacts(revoked, { region: "eu-west-1" }, now - 1)).toBe("ami-2");
  });

  it("says what to do when nothing is assigned", () => {
    expect(() => selectArtifacts({ ...channel, version: null }, {}, now)).toThrow(/promote one/);
  });
});

it("shows a channel without a version as such, and as no state", () => {
  expect(presentChannel({ ...channel, version: null }, now)).toMatchObject({ version: null });
  expect(() => presentRemoteState({ ...channel, version: null }, now)).toThrow(
    expect.objectContaining({ code: "nothing_assigned" }),
  );
});

it("is a state whose outputs name the first artifact of each platform and region, and the status", () => {
  expect(presentRemoteState(revoked, now)).toMatchObject({
    version: 4,
    serial: 3,
    outputs: {
      version: { value: "v2", type: "string" },
      status: { value: "revoked" },
      artifacts: { value: { "aws.us-east-1": "ami-1", "aws.eu-west-1": "ami-2" }, type: ["map", "string"] },
      identifier: { value: "ami-1" },
    },
  });
});
