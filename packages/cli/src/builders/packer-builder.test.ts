import { describe, expect, it } from "vitest";
import { parseSources } from "./packer-builder.ts";

describe("what packer inspect says", () => {
  it("lists the sources of every build block, and nothing else", () => {
    const inspected = `Packer Inspect: HCL2 mode

> input-variables:

var.sources: "docker.not-a-source"

> builds:

  > <unnamed build 0>:

    sources:

      null.golden-base
      amazon-ebs.golden-base

    provisioners:

      shell-local

  > app:

    sources:

      docker.app

    post-processors:

      0:
        manifest
`;
    expect(parseSources(inspected)).toEqual(["null.golden-base", "amazon-ebs.golden-base", "docker.app"]);
  });

  it("finds none in a template without a build", () => {
    expect(parseSources("> builds:\n\n  > <0>:\n\n    sources:\n\n      <no source>\n")).toEqual([]);
  });
});
