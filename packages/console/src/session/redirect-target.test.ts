import { expect, it } from "vitest";
import { redirectTarget } from "./redirect-target.ts";

it("leads back to the page that asked for the sign in", () => {
  expect(redirectTarget("/images/web?tab=channels")).toBe("/images/web?tab=channels");
});

it.each([
  undefined,
  "",
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
  "/sign-in",
])("leads to the first page instead of %j", (given) => {
  expect(redirectTarget(given)).toBe("/");
});
