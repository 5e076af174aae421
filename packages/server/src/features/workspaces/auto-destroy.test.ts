import { describe, expect, it } from "vitest";
import { activityMsOf, autoDestroyAfterChange } from "./auto-destroy.ts";

const dayMs = 86_400_000;

describe("how long after its last change a workspace is destroyed", () => {
  it("is the project's rule when it inherits, else its own", () => {
    const own = { inheritsProjectAutoDestroy: false, autoDestroyActivityDuration: "2d" };
    expect(activityMsOf(own, "1d")).toBe(2 * dayMs);
    expect(activityMsOf({ ...own, inheritsProjectAutoDestroy: true }, "1d")).toBe(dayMs);
    expect(activityMsOf({ ...own, inheritsProjectAutoDestroy: true }, null)).toBeNull();
  });
});

describe("a change of the state", () => {
  it("puts the destruction off", () => {
    expect(autoDestroyAfterChange(5, dayMs, { isEmpty: false }, 1000)).toBe(1000 + dayMs);
  });

  it("that leaves nothing ends the matter", () => {
    expect(autoDestroyAfterChange(5, dayMs, { isEmpty: true }, 1000)).toBeNull();
  });

  it("leaves a time alone that a person has set", () => {
    expect(autoDestroyAfterChange(5, null, { isEmpty: false }, 1000)).toBe(5);
    expect(autoDestroyAfterChange(null, null, { isEmpty: true }, 1000)).toBeNull();
  });
});
