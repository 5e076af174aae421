import { expect, it } from "vitest";
import { describeCause, isFinal, shownStatus, sortOfRun, toExpression, unusualOptions } from "./run-words.ts";

it("a moved channel is told with where it was and where it is", () => {
  const cause = {
    kind: "channel-moved",
    bucket: "golden-app",
    channel: "production",
    previous_version: "v1",
    version: "v2",
  };
  expect(describeCause({ cause, created_by: "Ingot" })).toEqual({
    text: "Channel production of golden-app moved from v1 to v2",
    bucket: "golden-app",
  });
});

it("a cause that this console does not know is still told", () => {
  expect(describeCause({ cause: { kind: "moon-phase" }, created_by: "Ingot" })).toEqual({ text: "moon phase" });
});

it("without a cause it is told who asked", () => {
  expect(describeCause({ cause: null, created_by: "admin" }).text).toBe("Asked for by admin");
});

it("a plan that waits for a person is not just planned", () => {
  expect(shownStatus({ status: "planned", waits_for_confirmation: true })).toBe("waiting");
  expect(shownStatus({ status: "applied", waits_for_confirmation: false })).toBe("applied");
});

it.each(["applied", "errored", "discarded", "canceled", "planned_and_finished"])("%s is an end", (status) => {
  expect(isFinal(status)).toBe(true);
});

it.each(["pending", "planning", "planned", "planned_and_saved", "applying"])("%s is no end", (status) => {
  expect(isFinal(status)).toBe(false);
});

it("says what sort of run it is only when it is unusual", () => {
  expect(sortOfRun({ is_destroy: false, refresh_only: false, plan_only: false })).toBeUndefined();
  expect(sortOfRun({ is_destroy: true, refresh_only: false, plan_only: true })).toBe("plan only, destroy");
});

it("a run that passed its checks waits for a person too, and a saved plan waits for nobody in particular", () => {
  expect(shownStatus({ status: "post_plan_completed", waits_for_confirmation: true })).toBe("waiting");
  expect(shownStatus({ status: "planned_and_saved", waits_for_confirmation: true })).toBe("planned_and_saved");
});

const usual = {
  refresh: true,
  "save-plan": false,
  "allow-empty-apply": false,
  "debugging-mode": false,
  "target-addrs": null,
  "replace-addrs": [],
  "invoke-action-addrs": null,
  variables: [],
};

it("says nothing of a run that was asked for nothing unusual", () => {
  expect(unusualOptions(usual)).toEqual([]);
});

it("names the variables of a run without their values", () => {
  const asked = { ...usual, refresh: false, "target-addrs": ["a.b"], variables: [{ key: "token", value: '"secret"' }] };
  expect(unusualOptions(asked)).toEqual([
    { name: "Only", values: ["a.b"] },
    { name: "Variables", values: ["token"] },
    { name: "Options", values: ["plans without looking at what is there"] },
  ]);
});

it.each([
  ["small", '"small"'],
  ['say "no"\n', '"say \\"no\\"\\n"'],
  ["${a} %{if}", '"$${a} %%{if}"'],
  ["$ and %", '"$ and %"'],
])("writes the text %j as the expression %s", (text, expression) => {
  expect(toExpression(text)).toBe(expression);
});
