import { describe, expect, it } from "vitest";
import { judgeStage, type EvaluationVerdict, type ResultVerdict } from "./judge-stage.ts";
import { answerWithinMs, callAgainAfterMs, dueAt, progressWithinMs, shownStatus } from "./task-result.ts";

const result = (
  status: ResultVerdict["status"],
  enforcementLevel: ResultVerdict["enforcementLevel"] = "mandatory",
): ResultVerdict => ({ taskName: "scan", status, enforcementLevel, message: "3 findings" });
const evaluation = (status: EvaluationVerdict["status"], isOverridable = false): EvaluationVerdict => ({
  status,
  isOverridable,
  problem: status === "passed" ? null : "no-delete failed",
});

describe("a task stage", () => {
  it.each<[string, ResultVerdict[], EvaluationVerdict[], string | undefined]>([
    ["a task is open", [result("running"), result("failed")], [], undefined],
    ["an advisory task is open", [result("pending", "advisory")], [evaluation("failed")], undefined],
    ["policies are being evaluated", [result("passed")], [evaluation("running")], undefined],
    ["everything passed", [result("passed")], [evaluation("passed")], "passed"],
    ["there is nothing", [], [], "passed"],
    ["only advisory tasks failed", [result("failed", "advisory"), result("errored", "advisory")], [], "passed"],
    ["a mandatory task failed", [result("failed")], [], "failed"],
    ["a mandatory task gave no answer", [result("errored")], [], "failed"],
    ["a mandatory task failed, whatever the policies say", [result("failed")], [evaluation("failed", true)], "failed"],
    ["policies could not be evaluated", [], [evaluation("errored", true)], "errored"],
    ["mandatory policies failed", [], [evaluation("failed")], "failed"],
    ["mandatory policies failed that may be overridden", [], [evaluation("failed", true)], "awaiting_override"],
    ["one of two may not", [], [evaluation("failed", true), evaluation("failed", false)], "failed"],
    ["somebody has overridden them", [result("passed")], [evaluation("overridden", true)], "passed"],
  ])("when %s", (_when, results, evaluations, expected) => {
    expect(judgeStage(results, evaluations)?.status).toBe(expected);
  });

  it("says why it failed", () => {
    expect(judgeStage([result("failed")], [])).toEqual({
      status: "failed",
      message: "The mandatory run task scan failed: 3 findings",
    });
  });
});

describe("a task result", () => {
  it("has ten minutes after each word of its service, and an hour in all", () => {
    const minute = 60_000;
    expect(dueAt({ createdAt: 0, startedAt: 5, progressAt: 5 })).toBe(5 + progressWithinMs);
    expect(dueAt({ createdAt: 0, startedAt: 5, progressAt: 40 * minute })).toBe(50 * minute);
    expect(dueAt({ createdAt: 0, startedAt: 5, progressAt: 55 * minute })).toBe(5 + answerWithinMs);
  });

  it("is asked for four times at most", () => {
    expect([1, 2, 3, 4].map(callAgainAfterMs)).toEqual([1000, 5000, 25_000, null]);
  });

  it("that was open when its run left the stage is shown as ended", () => {
    expect(shownStatus("running", false, "running")).toBe("running");
    expect(shownStatus("running", false, "canceled")).toBe("canceled");
    expect(shownStatus("pending", false, "unreachable")).toBe("unreachable");
    expect(shownStatus("passed", true, "canceled")).toBe("passed");
  });
});
