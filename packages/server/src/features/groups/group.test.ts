import { describe, expect, it } from "vitest";
import { parseDisplayName, resourceNameOf } from "./group.ts";

describe("the resource name of a group", () => {
  it.each([
    ["devs", "devs"],
    ["Web Team", "Web-Team"],
    ["a/b%2Fc?d", "a-b-2Fc-d"],
    ["Équipe d'été", "Equipe-d-ete"],
    ["  -- ", ""],
    ["開発", ""],
    ["..", ""],
  ])("of %j is %j", (displayName, name) => {
    expect(resourceNameOf(displayName)).toBe(name);
  });
});

it("has 1 to 50 characters of display name", () => {
  expect(parseDisplayName("x".repeat(50))).toHaveLength(50);
  for (const bad of ["", "  ", "x".repeat(51)]) expect(() => parseDisplayName(bad)).toThrow("1 to 50");
});
