import { describe, expect, it } from "vitest";
import { withPlainResourceNames, type Plane } from "./plane.ts";
import { parseResourceName, writeResourceName } from "./resource-names.ts";

describe("the name of a resource", () => {
  it.each([
    ["organization/o", { kind: "organization", id: "o" }],
    ["project/p", { kind: "project", id: "p" }],
    ["packer/project/p/bucket/b", { kind: "bucket", projectId: "p", name: "b" }],
    ["packer/project/p/registry/r", { kind: "registry", projectId: "p", id: "r" }],
    [
      "iam/project/p/service-principal/s",
      { kind: "service-principal", parent: { type: "project", id: "p" }, name: "s" },
    ],
    [
      "iam/organization/o/service-principal/s",
      { kind: "service-principal", parent: { type: "organization", id: "o" }, name: "s" },
    ],
    ["iam/organization/o/group/g", { kind: "group", organizationId: "o", name: "g" }],
  ])("%s is taken apart and put together again", (text, name) => {
    const parsed = parseResourceName(text);
    expect(parsed).toEqual(name);
    expect(parsed && writeResourceName(parsed)).toBe(text);
  });

  it.each([
    "",
    "project",
    "project/",
    "project//",
    "project/p/",
    "/project/p",
    "workspace/w",
    "packer/project/p/bucket",
    "packer/project/p/bucket/",
    "packer/project//bucket/b",
    "packer/project/p/bucket/b/c",
    "packer/organization/o/bucket/b",
    "iam/project/p/group/g",
  ])("%j is none", (text) => {
    expect(parseResourceName(text)).toBeUndefined();
  });
});

describe("escaped slashes of resource names", () => {
  const planes = [
    { prefixes: ["/iam", "/2019-12-10"], resourceNamesInPaths: true },
    { prefixes: ["/packer"] },
  ] as unknown as Plane[];

  it.each([
    ["/2019-12-10/iam%2Fproject%2fp/service-principals", "/2019-12-10/iam/project/p/service-principals"],
    ["/2019-12-10/iam%2Fx?name=a%2Fb", "/2019-12-10/iam/x?name=a%2Fb"],
    ["/iam%2Fx", "/iam/x"],
    ["/2019-12-10/iam%252Fx", "/2019-12-10/iam%252Fx"],
    ["/packer/a%2Fb", "/packer/a%2Fb"],
    ["/iamb/a%2Fb", "/iamb/a%2Fb"],
    ["/2019-12-10/a%20b", "/2019-12-10/a%20b"],
  ])("%s is served as %s", (url, expected) => {
    expect(withPlainResourceNames(planes, url)).toBe(expected);
  });
});
