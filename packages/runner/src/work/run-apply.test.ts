import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServedJob, JobWish } from "../testing/fake-server.ts";
import { makeArchive } from "../testing/make-archive.ts";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench();
});
afterEach(() => bench.close());

function at(name: string): string {
  return join(bench.directory, name);
}

/** Plans the scenario, and offers its apply. */
async function offerApply(scenario: object, wish: Partial<JobWish> = {}): Promise<ServedJob> {
  const planned = await bench.offer(scenario);
  expect(await bench.reported(planned)).toMatchObject({ outcome: "finished" });
  return bench.offer(scenario, { phase: "apply", planFile: planned.planFile, ...wish });
}

function sent(served: ServedJob): [unknown, boolean][] {
  return served.states.map(({ bytes, final }) => [JSON.parse(bytes.toString()), final]);
}

describe("the apply phase", () => {
  it("applies the plan, drops init from the log and reports the counts", async () => {
    const apply = [
      { print: "making\n" },
      { state: { serial: 1 } },
      { print: "\nApply complete! Resources: 2 added, 1 changed, 3 destroyed.\n" },
    ];
    const served = await offerApply({ init: [{ print: "init talk\n" }], apply });
    expect(await bench.reported(served)).toEqual({
      fence: 7,
      outcome: "finished",
      counts: { additions: 2, changes: 1, destructions: 3, imports: 0 },
      engine: { name: "tofu", version: "99.0.0" },
    });
    expect(served.log.toString().split("\n").slice(3).join("\n")).toBe(
      "making\n\nApply complete! Resources: 2 added, 1 changed, 3 destroyed.\n",
    );
  });

  it("shows init when it failed", async () => {
    const planned = await bench.offer({});
    await bench.reported(planned);
    const init = [{ print: "init talk\n" }, { exit: 3 }];
    const served = await bench.offer({ init }, { phase: "apply", planFile: planned.planFile });
    expect(await bench.reported(served)).toMatchObject({ outcome: "errored", message: "tofu init failed." });
    expect(served.log.toString()).toContain("init talk\n");
  });

  it("sends each state as it appears, only whole ones, and the last one as final", async () => {
    const apply = [
      { state: { serial: 1 } },
      { wait: at("one") },
      { rawState: '{"serial": 2, "resou' },
      { print: "half\n" },
      { wait: at("two") },
      { state: { serial: 3 } },
      { wait: at("three") },
      { state: { serial: 4 } },
    ];
    const served = await offerApply({ apply });
    await bench.server.until(() => served.states.length === 1);
    await writeFile(at("one"), "");
    await bench.server.until(() => served.log.includes("half"));
    await writeFile(at("two"), "");
    await bench.server.until(() => served.states.length === 2);
    await writeFile(at("three"), "");
    await bench.reported(served);
    const states = sent(served);
    expect(states.slice(0, 2)).toEqual([
      [{ serial: 1 }, false],
      [{ serial: 3 }, false],
    ]);
    expect(states.at(-1)).toEqual([{ serial: 4 }, true]);
  });

  it("starts from the workspace's state, and sends nothing when nothing was written", async () => {
    const state = Buffer.from('{"serial": 9}\n');
    const served = await offerApply({ apply: [{ print: "nothing to do\n" }] }, { state });
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    expect(served.states).toEqual([]);
  });

  it.each([
    ["failed", [{ state: { serial: 1 } }, { warn: "\nError: quota\n" }, { exit: 1 }], "tofu apply failed: quota"],
    ["crashed", [{ state: { serial: 1 } }, { crash: "SIGKILL" }], "tofu apply was ended by a signal."],
  ])("sends the final state of an apply that %s, before its report", async (_name, apply, message) => {
    const served = await offerApply({ apply });
    let statesAtReport = -1;
    bench.server.fault = (_method, path) => {
      if (path.endsWith("/complete") && statesAtReport < 0)
        statesAtReport = served.states.filter((s) => s.final).length;
      return undefined;
    };
    expect(await bench.reported(served)).toMatchObject({ outcome: "errored", message });
    expect(statesAtReport).toBe(1);
    expect(sent(served).at(-1)).toEqual([{ serial: 1 }, true]);
  });

  it("sends the final state of an apply that had to be killed, and says what may be missing", async () => {
    await bench.close();
    bench = await startTestBench({ timing: { interruptGraceMs: 50, statePollMs: 20 } });
    const apply = [{ ignoreInterrupt: true }, { state: { serial: 1 } }, { print: "started\n" }, { hang: true }];
    const served = await offerApply({ apply }, { heartbeat_seconds: 0 });
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "interrupt";
    const report = await bench.reported(served);
    expect(report.outcome).toBe("canceled");
    expect(report.message).toContain("may be missing from the state");
    expect(sent(served).at(-1)).toEqual([{ serial: 1 }, true]);
  });

  it("counts an apply that was done when the interrupt came as finished", async () => {
    const apply = [
      { ignoreInterrupt: true },
      { state: { serial: 1 } },
      { print: "started\n" },
      { wait: at("go") },
      { print: "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n" },
    ];
    const served = await offerApply({ apply }, { heartbeat_seconds: 0 });
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "interrupt";
    await bench.server.until(() => served.log.includes("interrupt 1"));
    await writeFile(at("go"), "");
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished", counts: { additions: 1 } });
  });

  it("sends the last whole state when the engine died while it wrote, and keeps the broken file", async () => {
    const apply = [{ state: { serial: 1 } }, { wait: at("go") }, { rawState: '{"serial": 2' }, { crash: "SIGKILL" }];
    const served = await offerApply({ apply });
    await bench.server.until(() => served.states.length === 1);
    await writeFile(at("go"), "");
    await bench.reported(served);
    expect(sent(served).at(-1)).toEqual([{ serial: 1 }, true]);
    const kept = at(`work/unsent/${served.job.run_id}.broken.tfstate`);
    expect(await readFile(kept, "utf8")).toBe('{"serial": 2');
  });

  it("keeps a state that nobody takes, readable for the operator alone, and reports where it is", async () => {
    const served = await offerApply({ apply: [{ state: { serial: 5 } }] });
    bench.server.fault = (_method, path) => (path.endsWith("state") ? { status: 413, error: "too_large" } : undefined);
    const report = await bench.reported(served);
    const kept = at(`work/unsent/${served.job.run_id}.${served.job.id}-7.tfstate`);
    expect(report.outcome).toBe("errored");
    expect(report.message).toContain(kept);
    // What the server does not want, it is not asked about again.
    await vi.waitFor(() => stat(`${kept}.refused`), { timeout: 20_000 });
    expect(JSON.parse(await readFile(`${kept}.refused`, "utf8"))).toEqual({ serial: 5 });
    expect((await stat(`${kept}.refused`)).mode & 0o777).toBe(0o600);
  });

  it("keeps the state when the lease is lost, reports nothing, and sends it as soon as the server takes it", async () => {
    const served = await offerApply(
      { apply: [{ state: { serial: 6 } }, { print: "started\n" }, { hang: true }] },
      { heartbeat_seconds: 0 },
    );
    let refusals = 0;
    bench.server.fault = (_method, path) => {
      if (path.endsWith("/late-state")) return refusals++ < 1 ? { status: 503 } : undefined;
      return path.endsWith("/state") ? { status: 503 } : undefined;
    };
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "lost";
    await bench.server.until(() => served.lateStates.length > 0);
    expect(served.lateStates.map(String)).toEqual(['{"serial":6}']);
    expect(refusals).toBe(2);
    await vi.waitFor(async () => expect(await readdir(at("work/unsent"))).toEqual([]), { timeout: 20_000 });
    expect(served.report).toBeUndefined();
  });

  it("keeps a state that came when the runner stopped, for the next one", async () => {
    const served = await offerApply(
      { apply: [{ state: { serial: 6 } }, { print: "started\n" }, { hang: true }] },
      { heartbeat_seconds: 0 },
    );
    bench.server.fault = (_method, path) => (path.endsWith("state") ? { status: 503 } : undefined);
    await bench.server.until(() => served.log.includes("started"));
    bench.runner.drain();
    served.stop = "lost";
    await bench.runner.done;
    expect(await readdir(at("work/unsent"))).toEqual([`${served.job.run_id}.${served.job.id}-7.tfstate`]);
    expect(await readdir(at("work"))).toEqual(["unsent"]);
  });

  it("delivers the final state after faults of the server", async () => {
    const served = await offerApply({ apply: [{ state: { serial: 7 } }] });
    let failures = 0;
    bench.server.fault = (_method, path) => (path.endsWith("/state") && failures++ < 3 ? { status: 500 } : undefined);
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    expect(sent(served)).toEqual([[{ serial: 7 }, true]]);
  });

  it("has the files that planning made, but for those of init", async () => {
    const plan = [{ file: ["lambda.zip", "made by plan"] }, { file: ["given.txt", "changed by plan"] }];
    const init = [{ file: [".terraform.lock.hcl", "locked"] }];
    const planned = await bench.offer({ init, plan }, {}, { "given.txt": "as uploaded", "same.txt": "same" });
    await bench.reported(planned);
    const apply = [{ wait: "lambda.zip" }, { wait: ".terraform.lock.hcl" }, { print: "found\n" }, { hang: true }];
    const served = await bench.offer(
      { apply },
      { phase: "apply", planFile: planned.planFile, heartbeat_seconds: 0 },
      { "given.txt": "as uploaded" },
    );
    await bench.server.until(() => served.log.includes("found"));
    expect(await readFile(at(`work/${served.job.id}-7/config/given.txt`), "utf8")).toBe("changed by plan");
    served.stop = "kill";
    await bench.reported(served);
  });

  it("is done by the engine that planned, or not at all", async () => {
    const planFile = await makeArchive({ "engine.json": '{"name":"tofu","version":"98.0.0"}', tfplan: "{}" });
    const served = await bench.offer({}, { phase: "apply", planFile });
    const report = await bench.reported(served);
    expect(report.outcome).toBe("errored");
    expect(report.message).toContain("has no tofu 98.0.0");
  });
});
