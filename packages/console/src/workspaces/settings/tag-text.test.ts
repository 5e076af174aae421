import { expect, it } from "vitest";
import { tagOfText, textOfTag } from "./tag-text.ts";

it.each([
  ["web", { key: "web", value: "" }],
  ["team=web", { key: "team", value: "web" }],
  ["filter=a=b", { key: "filter", value: "a=b" }],
])("%s is read as it is written", (text, tag) => {
  expect(tagOfText(text)).toEqual(tag);
  expect(textOfTag(tag)).toBe(text);
});
