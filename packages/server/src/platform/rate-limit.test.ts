import { expect, it } from "vitest";
import { createRateLimit, TooManyRequests } from "./rate-limit.ts";

it("lets a minute's worth through at once, and then one for every part of a minute that passes", () => {
  const limit = createRateLimit(60);
  for (let i = 0; i < 60; i++) limit.take("ci", 0);
  expect(() => limit.take("ci", 0)).toThrow(TooManyRequests);
  expect(() => limit.take("ci", 999)).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
  limit.take("ci", 1000);
  expect(() => limit.take("ci", 1000)).toThrow(TooManyRequests);
});

it("counts every key by itself", () => {
  const limit = createRateLimit(1);
  limit.take("one", 0);
  limit.take("two", 0);
  expect(() => limit.take("one", 0)).toThrow(TooManyRequests);
});

it("remembers no more than ten thousand keys: further ones share one, until others are forgotten", () => {
  const limit = createRateLimit(1);
  for (let i = 0; i < 10_000; i++) limit.take(`key-${i}`, 0);
  limit.take("late", 0);
  expect(() => limit.take("later", 0)).toThrow(TooManyRequests);
  limit.take("later", 60_000);
});
