import { expect, it } from "vitest";
import { parseWhereSearch } from "./where-search.ts";

it("keeps every filter that an address names", () => {
  const search = { q: "web", bucket: "web", version: "v3", workspace: "ws-1", status: "revoked", identifier: "ami-1" };
  expect(parseWhereSearch(search)).toEqual(search);
});

it("drops what it does not know, and a version without its image", () => {
  expect(parseWhereSearch({ version: "v3", status: "fine", other: "x", q: "  " })).toEqual({});
  expect(parseWhereSearch({ bucket: "web", version: "three" })).toEqual({ bucket: "web" });
});

it("takes a number in an address for text", () => {
  expect(parseWhereSearch({ q: 42 })).toEqual({ q: "42" });
});
