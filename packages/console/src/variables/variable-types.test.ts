import { expect, it } from "vitest";
import { emptyVariable, formOf, inputOf, type VariableAttributes } from "./variable-types.ts";

const secret: VariableAttributes = {
  key: "TOKEN",
  value: null,
  description: "of the cloud",
  category: "env",
  hcl: false,
  sensitive: true,
};

it("keeps a sensitive value that nobody typed again, and sends one that somebody did", () => {
  expect(inputOf(formOf(secret), secret)).not.toHaveProperty("value");
  expect(inputOf({ ...formOf(secret), value: "new" }, secret)).toMatchObject({ value: "new", sensitive: true });
});

it("sends an empty value of a new or a readable variable", () => {
  expect(inputOf({ ...emptyVariable, key: " a " }, undefined)).toMatchObject({ key: "a", value: "" });
});

it("never sends a variable of the environment as an expression", () => {
  expect(inputOf({ ...emptyVariable, category: "env", hcl: true }, undefined)).toMatchObject({ hcl: false });
});
