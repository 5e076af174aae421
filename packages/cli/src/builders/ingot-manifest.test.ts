import { describe, expect, it } from "vitest";
import { parseIngotManifest } from "./ingot-manifest.ts";

const artifact = { external_identifier: "sha256:1", region: "local" };
const parse = (value: unknown) => parseIngotManifest(JSON.stringify(value), "ingot-manifest.json");

describe("an ingot manifest", () => {
  it("says for each component what was built", () => {
    expect(
      parse({
        builds: [
          {
            name: "script.base",
            platform: "oci",
            artifacts: [{ ...artifact, files: ["index.json"] }],
            source_external_identifier: "sha256:0",
            labels: { release: "1" },
          },
          { name: "script.other", artifacts: [artifact] },
        ],
      }),
    ).toEqual({
      images: [
        {
          component: "script.base",
          platform: "oci",
          artifacts: [artifact],
          sourceExternalIdentifier: "sha256:0",
          labels: { release: "1" },
        },
        {
          component: "script.other",
          platform: undefined,
          artifacts: [artifact],
          sourceExternalIdentifier: undefined,
          labels: {},
        },
      ],
      files: ["index.json"],
    });
  });

  it.each([
    [{}, "builds"],
    [{ builds: [] }, "builds"],
    [{ builds: [{ name: "a", artifacts: [] }] }, "builds.0.artifacts"],
    [{ builds: [{ name: "a", artifacts: [{ region: "r" }] }] }, "external_identifier"],
    [{ builds: [{ name: "a", artifacts: [artifact], label: {} }] }, "builds.0: label is not known here"],
    [{ builds: [{ name: "a", artifacts: [{ ...artifact, files: ["../secret"] }] }] }, '"../secret" is outside'],
    [{ builds: [{ name: "a", artifacts: [{ ...artifact, files: ["/etc/passwd"] }] }] }, "is outside"],
    [
      {
        builds: [
          { name: "a", artifacts: [artifact] },
          { name: "a", artifacts: [artifact] },
        ],
      },
      'the build "a" is there twice',
    ],
  ])("is refused when it is %j, naming the place", (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it("is refused when it is not JSON", () => {
    expect(() => parseIngotManifest("{", "ingot-manifest.json")).toThrow("ingot-manifest.json is not valid JSON");
  });
});
