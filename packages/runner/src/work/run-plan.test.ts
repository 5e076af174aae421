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

  it("logs as JSON and delivers the plan to be rendered, redacted, when the run is for a client that renders", async () => {
    const change = { after: { token: "s3cret" }, after_sensitive: { token: true } };
    const planJson = { resource_changes: [{ provider_name: "p", mode: "managed", type: "t", change }] };
    const schemas = { format_version: "1.0", provider_schemas: { p: { resource_schemas: { t: { version: 3 } } } } };
    const scenario = { planJson, providers: [{ print: JSON.stringify(schemas) }] };
    const options = { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [], structured: true };
    const served = await bench.offer(scenario, { options, wantsRendered: true });
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    expect(served.log.toString()).toContain("engine: plan -input=false -json\n");
    expect(served.log.toString()).not.toContain("provider_schemas");
    expect(served.planJson).toEqual(planJson);
    expect(served.planRendered).toMatchObject({
      resource_changes: [{ change: { after: { token: "REDACTED" } } }],
      provider_schemas: schemas.provider_schemas,
    });
  });

  it("plans all the same when a schema is missing, without what nobody could render", async () => {
    const scenario = {
      planJson: { resource_changes: [{ provider_name: "p", mode: "managed", type: "t" }] },
      providers: [{ print: "{}" }],
    };
    const served = await bench.offer(scenario, { wantsRendered: true });
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    expect(served.planRendered).toBeUndefined();
  });

  describe("that generates configuration", () => {
    const change = { actions: ["create"], generated_config: 'resource "t" "a" {}' };
    const planJson = { resource_changes: [{ provider_name: "p", mode: "managed", type: "t", change }] };
    const schemas = { provider_schemas: { p: { resource_schemas: { t: {} } } } };
    const providers = [{ print: JSON.stringify(schemas) }];
    const options = { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [] };
    const offer = (scenario: object, generate_config = true) =>
      bench.offer(
        { planJson, providers, ...scenario },
        { options: { ...options, generate_config }, wantsRendered: true },
      );

    it("has the engine write it where it reads no configuration from, and delivers it", async () => {
      const served = await offer({});
      expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
      expect(served.log.toString()).toMatch(/-generate-config-out=\S+\/transfer\/tfplan\.tf\n/);
      expect(served.planRendered).toMatchObject({ resource_changes: [{ change }] });
    });

    it("delivers it also when the plan fails because of it", async () => {
      const served = await offer({ plan: [{ warn: "Error: Missing attribute\n" }, { exit: 1 }] });
      expect(await bench.reported(served)).toMatchObject({
        outcome: "errored",
        message: expect.stringContaining("Missing attribute"),
      });
      expect(served.planRendered).toMatchObject({ resource_changes: [{ change }] });
      expect(served.planFile).toBeUndefined();
    });

    it("fails with the reason of the plan when nothing was kept", async () => {
      const plan = [{ warn: "Error: Missing attribute\n" }, { exit: 1 }];
      const served = await offer({ plan, providers: [{ exit: 1 }] });
      expect((await bench.reported(served)).message).toContain("Missing attribute");
      const other = await offer({ plan }, false);
      expect(await bench.reported(other)).toMatchObject({ outcome: "errored" });
      expect(other.planRendered).toBeUndefined();
    });
  });

  it("reads no schemas when nobody will render the plan", async () => {
    const served = await bench.offer({ providers: [{ exit: 1 }] }, {});
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    expect(served.planRendered).toBeUndefined();
  });
});
