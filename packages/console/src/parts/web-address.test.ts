import { expect, it } from "vitest";
import { webAddress } from "./web-address.ts";

it("is followed when it is of the web", () => {
  expect(webAddress("https://scanner.example/runs/1?a=b")).toBe("https://scanner.example/runs/1?a=b");
});

it.each([null, undefined, "", "not an address", "javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x"])(
  "%j is no link",
  (text) => {
    expect(webAddress(text)).toBeUndefined();
  },
);
