import { describe, expect, it } from "vitest";
import { createBell } from "./bell.ts";

const never = 3_600_000;

describe("a bell", () => {
  it("wakes everybody who listens to its topic, and nobody else", async () => {
    const bell = createBell();
    const [one, two, other] = [bell.listen("a"), bell.listen("a"), bell.listen("b")];
    const woken = Promise.all([one.next(never), two.next(never)]);
    let otherWoke = false;
    const waiting = other.next(never).then(() => (otherWoke = true));
    bell.ring("a");
    await woken;
    expect(otherWoke).toBe(false);
    bell.ring("b");
    await waiting;
  });

  it("is heard by whoever was looking when it rang, once", async () => {
    const bell = createBell();
    const listener = bell.listen();
    bell.ring();
    bell.ring();
    await listener.next(never);
    let woke = false;
    const waiting = listener.next(never).then(() => (woke = true));
    await Promise.resolve();
    expect(woke).toBe(false);
    bell.ring();
    await waiting;
  });

  it("lets go when the time is up", async () => {
    await createBell().listen().next(1);
  });

  it("once closed holds nobody, and forgets whoever has ended", async () => {
    const bell = createBell();
    const listener = bell.listen("a");
    const waiting = listener.next(never);
    bell.close();
    await waiting;
    await bell.listen("b").next(never);
    expect([bell.closed, bell.listeners]).toEqual([true, 2]);
    listener.end();
    listener.end();
    expect(bell.listeners).toBe(1);
  });
});
