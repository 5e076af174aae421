import { describe, expect, it } from "vitest";
import { allOf } from "./all-of.ts";

describe("works at the same time", () => {
  it("give what each gives, in the order they were named", async () => {
    expect(await allOf([Promise.resolve(1), Promise.resolve("two")])).toEqual([1, "two"]);
  });

  it("fail with the first that failed, and not before the others have ended", async () => {
    let finish = () => {};
    const slow = new Promise<void>((_, reject) => (finish = () => reject(new Error("slow"))));
    let ended = false;
    const all = allOf([slow, Promise.reject(new Error("quick"))]).catch((error: Error) => {
      ended = true;
      return error.message;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    finish();
    expect(await all).toBe("slow");
  });
});
