import { expect, it } from "vitest";
import { attributesOfEnd, endOf } from "./end-form.ts";

const none = {
  "auto-destroy-at": null,
  "auto-destroy-activity-duration": null,
  "inherits-project-auto-destroy": false,
};

it("a time comes back as it was set", () => {
  const form = endOf({ ...none, "auto-destroy-at": "2030-05-01T12:30:00.000Z" });
  expect(form.kind).toBe("at");
  expect(attributesOfEnd(form)).toMatchObject({ "auto-destroy-at": "2030-05-01T12:30:00.000Z" });
});

it("nothing is sent while something is missing", () => {
  expect(attributesOfEnd({ kind: "at", at: "", duration: "" })).toBeUndefined();
  expect(attributesOfEnd({ kind: "idle", at: "", duration: "soon" })).toBeUndefined();
});

it("never takes both rules away, and inheriting leaves them to the project", () => {
  expect(endOf(none).kind).toBe("never");
  expect(attributesOfEnd({ kind: "never", at: "", duration: "14d" })).toEqual({
    "inherits-project-auto-destroy": false,
    "auto-destroy-at": null,
    "auto-destroy-activity-duration": null,
  });
  const inherited = endOf({ ...none, "inherits-project-auto-destroy": true, "auto-destroy-activity-duration": "7d" });
  expect(attributesOfEnd(inherited)).toEqual({ "inherits-project-auto-destroy": true });
});
