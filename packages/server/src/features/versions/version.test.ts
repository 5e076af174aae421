import { describe, expect, it } from "vitest";
import { versionStatus, type BuildStatus, type Revocation, type VersionStatus } from "./version.ts";

const revocation = (revokeAt: number): Revocation => ({
  revokeAt,
  message: "",
  author: "",
  type: "manual",
  cascades: true,
  inheritedFromId: null,
  inheritedFrom: null,
});

describe("the status of a version", () => {
  it.each<[VersionStatus, BuildStatus[]]>([
    ["incomplete", []],
    ["incomplete", ["unset"]],
    ["incomplete", ["done", "unset"]],
    ["incomplete", ["done"]],
    ["running", ["failed", "running", "unset"]],
    ["failed", ["cancelled", "failed", "done"]],
    ["cancelled", ["unset", "cancelled"]],
  ])("is %s while it is not complete and its builds are %j", (status, builds) => {
    expect(versionStatus({ number: null, revocation: null }, builds, 10)).toBe(status);
  });

  it.each<[VersionStatus, Revocation | null]>([
    ["active", null],
    ["revocation_scheduled", revocation(11)],
    ["revoked", revocation(10)],
    ["revoked", revocation(9)],
  ])("is %s once it is complete, whatever became of its builds", (status, given) => {
    expect(versionStatus({ number: 1, revocation: given }, ["failed"], 10)).toBe(status);
  });

  it("of an incomplete version is revoked from the moment an inherited revocation takes effect", () => {
    expect(versionStatus({ number: null, revocation: revocation(11) }, ["running"], 10)).toBe("running");
    expect(versionStatus({ number: null, revocation: revocation(10) }, ["running"], 10)).toBe("revoked");
  });
});
