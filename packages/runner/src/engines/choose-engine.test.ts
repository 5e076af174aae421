import { describe, expect, it } from "vitest";
import { chooseEngine, parseConstraint } from "./choose-engine.ts";
import type { Engine } from "./find-engines.ts";

const engines: Engine[] = (
  [
    ["tofu", "1.6.2"],
    ["tofu", "1.9.8"],
    ["tofu", "1.10.0"],
    ["tofu", "1.11.0-beta1"],
    ["terraform", "1.9.8"],
    ["terraform", "1.11.4"],
  ] as const
).map(([name, version]) => ({ name, version, path: `/${name}-${version}` }));

describe("choosing an engine", () => {
  it.each([
    [null, null, "tofu-1.11.0-beta1"],
    [null, "latest", "tofu-1.11.0-beta1"],
    ["terraform", null, "terraform-1.11.4"],
    [null, "1.9.8", "tofu-1.9.8"],
    [null, "1.11.4", "terraform-1.11.4"],
    ["terraform", "1.9.8", "terraform-1.9.8"],
    ["tofu", "~> 1.9.0", "tofu-1.9.8"],
    ["tofu", "~> 1.9", "tofu-1.10.0"],
    ["tofu", ">= 1.6, < 1.10", "tofu-1.9.8"],
    ["tofu", "1.11.0-beta1", "tofu-1.11.0-beta1"],
  ] as const)("for %s %s takes %s", (name, version, expected) => {
    expect(chooseEngine(engines, { name, version }).path).toBe(`/${expected}`);
  });

  it("takes no other version than the one that was asked for, and says what there is", () => {
    expect(() => chooseEngine(engines, { name: "terraform", version: "1.9.7" })).toThrow(
      /This runner has no terraform 1\.9\.7\. It has tofu 1\.6\.2, .*terraform 1\.11\.4\./,
    );
    expect(() => chooseEngine([], { name: null, version: null })).toThrow("no engine at all");
  });

  it.each(["", "newest", "1.2.3.4", ">= ", "1.x", "~> 1.9 || 1.8"])("refuses %j as a version", (text) => {
    expect(() => parseConstraint(text)).toThrow("is not a version of an engine");
  });

  it.each([
    ["~> 1", "2.5.0", true],
    ["~> 1.9", "2.0.0", false],
    ["~> 1.9.3", "1.9.2", false],
    ["~> 1.9.3", "1.10.0", false],
    ["!= 1.9.8", "1.9.8", false],
    ["> 1.9", "1.9.0", false],
    ["<= 1.9", "1.9.0", true],
    ["v1.9.8", "1.9.8", true],
    [">= 1.10", "1.11.0-beta1", false],
  ])("%s %s: %s", (constraint, version, expected) => {
    expect(parseConstraint(constraint)(version)).toBe(expected);
  });
});
