import { describe, expect, it } from "vitest";
import { parseBuildDefinition } from "./build-definition.ts";

const parse = (text: string) => parseBuildDefinition(text, "ingot-build.yaml");

describe("a build definition", () => {
  it("names a bucket and at least one way to build", () => {
    expect(parse("bucket: base\nscript: {command: [./build]}\n")).toEqual({
      bucket: "base",
      script: { command: ["./build"] },
    });
  });

  it.each([
    ["bucket: base\n", "it says neither `script` nor `packer`"],
    ["script: {command: [x]}\n", "bucket"],
    ["bucket: b\nscript: {command: [x]}\n", "bucket"],
    ["bucket: base\nscript: {command: ./build}\n", "script.command"],
    ["bucket: base\nvariables: {release: 1}\nscript: {command: [x]}\n", "variables.release"],
    ["bucket: base\nparent: {bucket: a}\nscript: {command: [x]}\n", "parent"],
    ["bucket: base\nbuckets: x\nscript: {command: [x]}\n", "buckets is not known here. Keys: bucket, description"],
    ["- bucket\n", "the whole must be object"],
    ["bucket: [\n", "is not valid YAML"],
  ])("is refused when it is %j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
