import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench();
});
afterEach(() => bench.close());

describe("the plan phase", () => {
  it("plans with the options of the run, and delivers log, plan file, plan JSON and summary", async () => {
    const planJson = {
      resource_changes: [
        { change: { actions: ["create"] } },
        { change: { actions: ["delete", "create"] } },
        { change: { actions: ["read"] } },
      ],
    };
    const scenario = {
      planJson,
      init: [{ print: "Successfully configured\n- Installing x v1...\nadvice\n" }],
      plan: [{ print: "one\n" }, { warn: "two\n" }, { print: "three\n" }],
    };
    const options = { destroy: true, refresh: false, refresh_only: false, targets: ["a.b", "c.d"], replaces: ["e.f"] };
    const served = await bench.offer(scenario, { options });
    const report = await bench.reported(served);
    expect(report).toEqual({
      fence: 7,
      outcome: "finished",
      has_changes: true,
      counts: { additions: 2, changes: 0, destructions: 1, imports: 0 },
      engine: { name: "tofu", version: "99.0.0" },
    });
    expect(served.log.toString().replace(/^on \w+$/m, "on system")).toBe(
      `OpenTofu v99.0.0\non system\nInitializing plugins and modules...\n- Installing x v1...\n` +
        "engine: plan -input=false -no-color -destroy -refresh=false -target=a.b -target=c.d -replace=e.f\none\ntwo\nthree\n",
    );
    expect(served.planJson).toEqual(planJson);
    expect(served.planFile?.length).toBeGreaterThan(0);
  });
});
