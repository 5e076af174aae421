import { describe, expect, it } from "vitest";
import { afterBackingAction } from "./backing-data.ts";

describe("backing data", () => {
  it("is given up, taken back, and removed for good after it was given up", () => {
    expect(afterBackingAction("finalized", "soft_delete", "finalized")).toBe("backing_data_soft_deleted");
    expect(afterBackingAction("backing_data_soft_deleted", "restore", "finalized")).toBe("finalized");
    expect(afterBackingAction("backing_data_soft_deleted", "permanently_delete", "finalized")).toBe(
      "backing_data_permanently_deleted",
    );
  });

  it.each([
    ["pending", "soft_delete"],
    ["finalized", "restore"],
    ["finalized", "permanently_delete"],
    ["backing_data_permanently_deleted", "restore"],
  ] as const)("of one that is %s takes no %s", (status, action) => {
    expect(() => afterBackingAction(status, action, "finalized")).toThrow(
      expect.objectContaining({ code: "backing_data_transition" }),
    );
  });
});
