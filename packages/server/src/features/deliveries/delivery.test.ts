import { describe, expect, it } from "vitest";
import { afterAttempt, attemptsMax, retryDelayMs, type Delivery } from "./delivery.ts";

const failed = {
  delivered: false,
  responseStatus: 500,
  responseHeaders: {},
  responseBody: "",
  error: "The receiver answered 500.",
  worthRetrying: true,
};

describe("a delivery that fails", () => {
  it("is tried eight times within about an hour, then given up", () => {
    let delivery = { state: "pending", attempts: 0, nextAttemptAt: 0 } as Delivery;
    const times: number[] = [];
    let now = 0;
    while (delivery.state === "pending") {
      now = delivery.nextAttemptAt ?? now;
      times.push(now);
      delivery = afterAttempt(delivery, failed, now, () => 0.5);
    }
    expect(times.map((time) => time / 1000)).toEqual([0, 30, 90, 210, 450, 930, 1890, 3810]);
    expect(delivery).toMatchObject({ state: "failed", attempts: attemptsMax, nextAttemptAt: null });
  });

  it("is tried at other times than those of its neighbours", () => {
    expect(retryDelayMs(1, () => 0)).toBe(24_000);
    expect(retryDelayMs(1, () => 1)).toBe(36_000);
  });

  it("is given up at once when another attempt could not end otherwise", () => {
    const delivery = { state: "pending", attempts: 0 } as Delivery;
    expect(afterAttempt(delivery, { ...failed, worthRetrying: false }, 5, () => 0)).toMatchObject({
      state: "failed",
      attempts: 1,
      nextAttemptAt: null,
    });
  });
});
