import { expect, it } from "vitest";
import { markVariables } from "./mark-variables.ts";

const set = { id: "varset-1", name: "cloud", priority: true };
const variable = (id: string, key: string, category = "terraform") => ({ id, attributes: { key, category } });

it("says which set wins over a variable of the workspace, by key and category", () => {
  const own = [variable("var-1", "region"), variable("var-2", "size"), variable("var-3", "region", "env")];
  const effective = [variable("var-9", "region"), variable("var-2", "size"), variable("var-3", "region", "env")];
  const marked = markVariables(own, effective, ({ id }) => (id === "var-9" ? set : null));
  expect(marked.map(({ variable: { id }, from, overriddenBy }) => [id, from, overriddenBy])).toEqual([
    ["var-1", null, set],
    ["var-3", null, null],
    ["var-9", set, null],
    ["var-2", null, null],
  ]);
});
