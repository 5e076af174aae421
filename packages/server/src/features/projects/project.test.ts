import { describe, expect, it } from "vitest";
import { describeContents, parseProjectDescription, parseProjectName } from "./project.ts";

describe("the name of a project", () => {
  it.each(["abc", "default-project", 'My "best" project!', "x".repeat(36), "a b", "..."])("may be %j", (name) => {
    expect(parseProjectName(name)).toBe(name);
  });

  it.each(["", "ab", "x".repeat(37), " abc", "abc ", "a/b", "a\tb", "a\nb", "naïve", "a\u0000b"])(
    "may not be %j",
    (name) => {
      expect(() => parseProjectName(name)).toThrow("3 to 36");
    },
  );
});

it("takes 256 characters of description", () => {
  expect(parseProjectDescription("x".repeat(256))).toHaveLength(256);
  expect(() => parseProjectDescription("x".repeat(257))).toThrow("257");
});

describe("what a project holds", () => {
  it.each([
    [{ buckets: 0, workspaces: 0, servicePrincipals: 0 }, undefined],
    [{ buckets: 1, workspaces: 0, servicePrincipals: 0 }, "1 bucket"],
    [{ buckets: 0, workspaces: 2, servicePrincipals: 1 }, "2 workspaces and 1 service principal"],
    [{ buckets: 3, workspaces: 2, servicePrincipals: 2 }, "3 buckets, 2 workspaces and 2 service principals"],
  ])("of %j is %j", (contents, words) => {
    expect(describeContents(contents)).toBe(words);
  });
});
