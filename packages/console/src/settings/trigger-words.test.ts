import { expect, it } from "vitest";
import { firstTriggers, groupTriggers, wordsOfTrigger } from "./trigger-words.ts";

it("what needs attention stands first, whatever the server's order", () => {
  const groups = groupTriggers(["run:created", "something:new", "alert:drift"]);
  expect(groups.map(([, triggers]) => triggers)).toEqual([["alert:drift"], ["run:created"], ["something:new"]]);
});

it("a trigger that this console does not know can be chosen all the same", () => {
  expect(wordsOfTrigger("something:new").label).toBe("something:new");
});

it("a new configuration begins with everything that needs attention and nothing else", () => {
  expect(firstTriggers.length).toBeGreaterThan(0);
  expect(firstTriggers.every((trigger) => trigger.startsWith("alert:"))).toBe(true);
});
