import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createSealer, openText, sealText } from "./sealing.ts";

const sealer = createSealer(randomBytes(32));

it("opens what it sealed, and shows nothing of it", () => {
  const sealed = sealer.seal(Buffer.from("hunter2 hunter2"), "variable:1");
  expect(sealed.includes("hunter2")).toBe(false);
  expect(sealer.open(sealed, "variable:1").toString()).toBe("hunter2 hunter2");
  expect(openText(sealer, sealText(sealer, "ä", "c"), "c")).toBe("ä");
});

it("never seals the same bytes to the same text", () => {
  expect(sealText(sealer, "x", "c")).not.toBe(sealText(sealer, "x", "c"));
});

it("refuses a sealed value in another place, under another key, or changed by one bit", () => {
  const sealed = sealer.seal(Buffer.from("secret"), "a");
  expect(() => sealer.open(sealed, "b")).toThrow();
  expect(() => createSealer(randomBytes(32)).open(sealed, "a")).toThrow();
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(() => sealer.open(changed, "a"), `byte ${i}`).toThrow();
  }
  expect(() => sealer.open(sealed.subarray(0, 10), "a")).toThrow();
});
