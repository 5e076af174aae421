import { expect, it } from "vitest";
import { scopeText } from "./scope-text.ts";

it.each([
  [{ everywhere: true, projects: 0, workspaces: 0 }, "everywhere"],
  [{ everywhere: false, projects: 1, workspaces: 2 }, "1 project, 2 workspaces"],
  [{ everywhere: false, projects: 0, workspaces: 0 }, "nowhere yet"],
])("says of %j: %s", (scope, text) => {
  expect(scopeText(scope)).toBe(text);
});
