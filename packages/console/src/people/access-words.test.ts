import { expect, it } from "vitest";
import { withFlags, wordsOfFlags } from "./access-words.ts";

it("choosing access keeps what is not shown, and gives exactly what is chosen of the rest", () => {
  const before = ["manage-modules", "manage-teams", "read-projects"] as const;
  expect(withFlags(before, ["read-workspaces", "read-projects", "fly"])).toEqual([
    "manage-modules",
    "read-projects",
    "read-workspaces",
  ]);
});

it("what a team may do is said in words, in the order of the form", () => {
  expect(wordsOfFlags(["manage-teams", "read-projects", "manage-modules"])).toEqual([
    "Read all projects",
    "Manage teams",
  ]);
  expect(wordsOfFlags([])).toEqual([]);
});
