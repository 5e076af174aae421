import { describe, expect, it } from "vitest";
import { assignSboms, fingerprintOf, parseArtifact, parseParent, type PublishedBuild } from "./publication.ts";
import { parsePublishManifest } from "./publish-manifest.ts";
import { nameOf } from "./read-sbom-file.ts";

function aBuild(more: Partial<PublishedBuild> = {}): PublishedBuild {
  return {
    component: "publish.aws",
    platform: "aws",
    artifacts: [
      { external_identifier: "ami-1", region: "eu-central-1" },
      { external_identifier: "ami-2", region: "us-east-1" },
    ],
    labels: {},
    sourceExternalIdentifier: undefined,
    parent: undefined,
    sboms: [],
    ...more,
  };
}

describe("the fingerprint of what is published", () => {
  it("depends on the images alone, in whatever order they are named", () => {
    const other = aBuild({ component: "publish.gce", platform: "gce" });
    const one = fingerprintOf({ builds: [aBuild(), other] });
    const reversed = aBuild({ artifacts: [...aBuild().artifacts].reverse(), labels: { a: "b" }, sboms: ["/x"] });
    expect(fingerprintOf({ builds: [other, reversed] })).toBe(one);
    expect(one).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,38}[A-Za-z0-9]$/);
    expect(fingerprintOf({ builds: [aBuild()] })).not.toBe(one);
    const moved = [{ external_identifier: "ami-1", region: "eu-west-1" }];
    expect(fingerprintOf({ builds: [aBuild({ artifacts: moved }), other] })).not.toBe(one);
  });
});

describe("what the flags of publish say", () => {
  it.each([
    ["aws/eu-central-1=ami-0abc", { platform: "aws", region: "eu-central-1", external_identifier: "ami-0abc" }],
    ["oci/x86_64=sha256:ab=cd/e", { platform: "oci", region: "x86_64", external_identifier: "sha256:ab=cd/e" }],
  ])("%s is an artifact", (text, artifact) => {
    expect(parseArtifact(text)).toEqual(artifact);
  });

  it.each(["ami-0abc", "aws=ami", "aws/=ami", "aws/r=", "/r=x"])("%s is no artifact", (text) => {
    expect(() => parseArtifact(text)).toThrow("PLATFORM/REGION=IDENTIFIER");
  });

  it("a parent is named by its channel or its version", () => {
    expect(parseParent("base:production")).toEqual({ bucket: "base", channel: "production" });
    expect(parseParent("base@v3")).toEqual({ bucket: "base", version: "v3" });
    expect(() => parseParent("base")).toThrow("BUCKET:CHANNEL or BUCKET@VERSION");
  });

  it("an SBOM needs no component when there is one build, and one of them otherwise", () => {
    const builds = [aBuild(), aBuild({ component: "publish.gce" })];
    const resolveFile = (file: string) => `/here/${file}`;
    expect(assignSboms([aBuild()], ["a.json"], resolveFile)[0]?.sboms).toEqual(["/here/a.json"]);
    expect(assignSboms(builds, ["publish.gce=a.json"], resolveFile).map((build) => build.sboms)).toEqual([
      [],
      ["/here/a.json"],
    ]);
    expect(() => assignSboms(builds, ["a.json"], resolveFile)).toThrow("COMPONENT=FILE with one of publish.aws");
  });

  it.each([
    ["/x/sbom.cyclonedx.json", "sbom-cyclonedx"],
    ["/x/my image (1).spdx.json", "my-image-1-spdx"],
    [`/x/${"long".repeat(20)}.json`, "long".repeat(9)],
    ["/x/a.json", undefined],
  ])("the SBOM in %s is called %s", (file, name) => {
    expect(nameOf(file)).toBe(name);
  });
});

describe("a manifest", () => {
  const artifacts = [{ external_identifier: "x", region: "r" }];
  const parse = (content: unknown) => parsePublishManifest(JSON.stringify(content), "/m/ingot-manifest.json");

  it("says all of a version, with files beside it and one parent for all builds", () => {
    const parent = { bucket: "base", channel: "production" };
    const content = parse({
      bucket: "app",
      fingerprint: "f1",
      channels: ["staging"],
      parent,
      builds: [
        { name: "a", platform: "oci", artifacts, sboms: ["sboms/a.json"] },
        { name: "b", platform: "oci", artifacts, parent: { bucket: "other", version: "v1" } },
      ],
    });
    expect(content).toMatchObject({ bucket: "app", fingerprint: "f1", channels: ["staging"] });
    expect(content.builds).toMatchObject([
      { component: "a", parent, sboms: ["/m/sboms/a.json"] },
      { component: "b", parent: { bucket: "other", version: "v1" } },
    ]);
  });

  it.each([
    [{ builds: [] }, "builds must not have fewer than 1 items"],
    [{ builds: [{ name: "a", artifacts }] }, 'the build "a" needs a platform'],
    [{ builds: [{ name: "a", platform: "oci", artifacts, sbom: "x" }] }, "sbom is not known here"],
    [
      {
        builds: [
          { name: "a", platform: "oci", artifacts },
          { name: "a", platform: "oci", artifacts },
        ],
      },
      'the build "a" is there twice',
    ],
  ])("%j is refused", (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });
});
