import { expect, it } from "vitest";
import { countsOfEvaluation, stageKinds, whoLooks } from "./stage-words.ts";

it("names who looks at a run", () => {
  expect(whoLooks({ tasks: [1, 2], evaluations: [1] })).toBe("2 run tasks, policies");
  expect(whoLooks({ tasks: [1], evaluations: [] })).toBe("1 run task");
  expect(whoLooks({ tasks: [], evaluations: [] })).toBe("nobody looks");
});

it("tells the worst of an evaluation first, and never that nothing failed before it has begun", () => {
  const none = { passed: 0, "advisory-failed": 0, "mandatory-failed": 0, errored: 0 };
  expect(countsOfEvaluation({ ...none, passed: 3, "mandatory-failed": 1 })).toBe("1 mandatory failed, 3 passed");
  expect(countsOfEvaluation(none)).toBe("nothing evaluated yet");
});

it("keeps the order in which a run passes its stages", () => {
  expect(stageKinds).toEqual(["pre_plan", "post_plan", "pre_apply", "post_apply"]);
});
