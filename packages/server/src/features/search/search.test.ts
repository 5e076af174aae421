import { expect, it } from "vitest";
import { parseSearch } from "./search.ts";

it.each([
  ["golden-app v3", { bucketPart: "golden-app", number: 3 }],
  [" Golden-App/V3 ", { bucketPart: "golden-app", number: 3 }],
  ["golden-app@v12", { bucketPart: "golden-app", number: 12 }],
  ["v3", { bucketPart: "", number: 3 }],
  ["dev3", null],
  ["golden-app", null],
  ["v3x", null],
])("in %j sees the version %j", (query, version) => {
  expect(parseSearch(query).version).toEqual(version);
});
