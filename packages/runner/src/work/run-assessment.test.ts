import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench();
});
afterEach(() => bench.close());

describe("an assessment", () => {
  it("delivers the log and the JSON of its plan, and neither a plan to apply nor a state", async () => {
    const planJson = { resource_changes: [{ change: { actions: ["update"] } }] };
    const served = await bench.offer({ planJson, plan: [{ print: "one\n" }] }, { phase: "assess" });
    expect(await bench.reported(served)).toEqual({
      fence: 7,
      outcome: "finished",
      has_changes: true,
      counts: { additions: 0, changes: 1, destructions: 0, imports: 0 },
      engine: { name: "tofu", version: "99.0.0" },
    });
    expect(served.log.toString()).toContain("engine: plan -input=false -no-color\none\n");
    expect(served.planJson).toEqual(planJson);
    expect(served.planFile).toBeUndefined();
    expect(served.states).toEqual([]);
  });

  it("that fails says why", async () => {
    const served = await bench.offer({ plan: [{ warn: "Error: no such cloud\n" }, { exit: 1 }] }, { phase: "assess" });
    expect(await bench.reported(served)).toMatchObject({
      outcome: "errored",
      message: "tofu plan failed: no such cloud",
    });
    expect(served.planJson).toBeUndefined();
  });

  it("is interrupted when it is asked to stop", async () => {
    const served = await bench.offer({ plan: [{ print: "waiting\n" }, { hang: true }] }, { phase: "assess" });
    await bench.server.until(() => served.log.includes("waiting"));
    served.stop = "interrupt";
    expect(await bench.reported(served)).toMatchObject({
      outcome: "canceled",
      message: "The assessment was canceled.",
    });
  });
});
