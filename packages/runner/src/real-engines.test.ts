import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEngines } from "./engines/find-engines.ts";
import type { CompleteRequest, EngineName } from "./protocol.ts";
import type { JobWish, ServedJob } from "./testing/fake-server.ts";
import { makeArchive } from "./testing/make-archive.ts";
import { startTestBench, type TestBench } from "./testing/test-runner.ts";

// As the CLIs upload it: the block that sends a run to a server is still in it, and must not send it there again.
const main = `
terraform {
  cloud {
    hostname     = "ingot.invalid"
    organization = "acme"
    workspaces { name = "production" }
  }
}
variable "colour" {}
variable "sizes" { default = [] }
resource "terraform_data" "one" {
  input = "\${terraform.workspace} \${var.colour} \${length(var.sizes)}"
}
resource "terraform_data" "two" {
  input = terraform_data.one.output
}
resource "terraform_data" "three" {
  input = "alone"
}
output "workspace" { value = terraform.workspace }
output "colour" { value = var.colour }
`;

const planOptions = { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [] };

const engines = await findEngines({ path: process.env["PATH"] ?? "" });
const unused: Partial<Record<EngineName, string>> = {};
for (const name of ["tofu", "terraform"] as const) {
  if (!engines.some((engine) => engine.name === name)) unused[name] = ` (skipped: no ${name} on PATH)`;
}

describe.each(["tofu", "terraform"] as const)("a real engine", (name) => {
  describe.skipIf(unused[name] !== undefined)(`${name}${unused[name] ?? ""}`, () => {
    let bench: TestBench;
    let state: Buffer | null;
    beforeEach(async () => {
      bench = await startTestBench({ path: process.env["PATH"] ?? "", enginesDir: undefined });
      state = null;
    });
    afterEach(() => bench.close());

    const wish = async (more: Partial<JobWish>): Promise<JobWish> => ({
      configuration: await makeArchive({ "live/main.tf": main, "live/zzzz.auto.tfvars": 'colour = "theirs"\n' }),
      working_directory: "live",
      engine: { name, version: null },
      variables: [
        { key: "colour", value: '${not} "a" %{template}', hcl: false },
        { key: "sizes", value: "[1, 2]", hcl: true },
      ],
      state,
      ...more,
    });

    async function plan(more: Partial<JobWish> = {}): Promise<{ served: ServedJob; report: CompleteRequest }> {
      const served = bench.server.offer(await wish(more));
      return { served, report: await bench.reported(served) };
    }

    async function apply(planned: ServedJob): Promise<{ served: ServedJob; report: CompleteRequest }> {
      const served = bench.server.offer(await wish({ phase: "apply", planFile: planned.planFile }));
      const report = await bench.reported(served);
      const last = served.states.at(-1);
      if (last !== undefined) state = last.bytes;
      return { served, report };
    }

    function outputs(): Record<string, unknown> {
      const { outputs } = JSON.parse(state?.toString() ?? "{}") as { outputs: Record<string, { value: unknown }> };
      return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
    }

    it("writes the configuration of what it imports, also when that fails the plan", async () => {
      const generates = (text: string) =>
        makeArchive({ "live/main.tf": text }).then((configuration) =>
          plan({
            configuration,
            variables: [],
            wantsRendered: true,
            options: { ...planOptions, generate_config: true },
          }),
        );
      const imported = 'import {\n  to = terraform_data.new\n  id = "an-id"\n}\n';
      const { served, report } = await generates(imported);
      expect(report, served.log.toString()).toMatchObject({ outcome: "finished", counts: { imports: 1 } });
      const generated = { generated_config: expect.stringContaining('resource "terraform_data" "new"') as unknown };
      expect(served.planRendered).toMatchObject({ resource_changes: [{ change: generated }] });
      const failing = await generates(
        `${imported}\nvariable "n" { default = 5 }\noutput "x" { value = [1, 2][var.n] }\n`,
      );
      expect(failing.report.outcome).toBe("errored");
      expect(failing.served.planRendered).toMatchObject({ resource_changes: [{ change: generated }] });
    });

    it("plans, applies, finds nothing more to do, and destroys, in the workspace's own name", async () => {
      const first = await plan();
      expect(first.report).toMatchObject({
        outcome: "finished",
        has_changes: true,
        counts: { additions: 3, changes: 0, destructions: 0, imports: 0 },
        engine: { name },
      });
      expect(first.served.log.toString()).toContain("Plan: 3 to add, 0 to change, 0 to destroy.");
      expect(first.served.log.toString()).not.toContain(bench.directory);
      expect(first.served.planJson).toMatchObject({ resource_changes: expect.any(Array) as unknown });

      const applied = await apply(first.served);
      expect(applied.report).toMatchObject({
        outcome: "finished",
        counts: { additions: 3, changes: 0, destructions: 0, imports: 0 },
      });
      expect(applied.served.states.at(-1)?.final).toBe(true);
      const shown = applied.served.log.toString().split("\n").slice(3).join("\n");
      expect(shown).toMatch(/^terraform_data\.\w+: Creating\.\.\.\n/);
      expect(outputs()).toEqual({ workspace: "production", colour: '${not} "a" %{template}' });
      expect(state?.toString()).toContain('production ${not} \\"a\\" %{template} 2');

      const again = await plan();
      expect(again.report).toMatchObject({ outcome: "finished", has_changes: false });
      expect(again.served.log.toString()).toContain("No changes.");

      const destroy = await plan({
        options: { destroy: true, refresh: true, refresh_only: false, targets: [], replaces: [] },
      });
      expect(destroy.report).toMatchObject({
        has_changes: true,
        counts: { additions: 0, changes: 0, destructions: 3, imports: 0 },
      });
      expect((await apply(destroy.served)).report).toMatchObject({ counts: { destructions: 3 } });
      expect(JSON.parse(state?.toString() ?? "")).toMatchObject({ resources: [] });
    });

    it("plans for targets and for replacements alone", async () => {
      const options = {
        destroy: false,
        refresh: true,
        refresh_only: false,
        targets: ["terraform_data.three"],
        replaces: [],
      };
      const targeted = await plan({ options });
      expect(targeted.report.counts).toMatchObject({ additions: 1 });
      await apply(targeted.served);
      const replaced = await plan({ options: { ...options, replaces: ["terraform_data.three"] } });
      expect(replaced.report.counts).toEqual({ additions: 1, changes: 0, destructions: 1, imports: 0 });
    });

    it("destroys without a configuration", async () => {
      await apply((await plan()).served);
      const empty = await makeArchive([{ name: "live/", type: "directory" }]);
      const options = { destroy: true, refresh: true, refresh_only: false, targets: [], replaces: [] };
      const destroy = await plan({ configuration: empty, variables: [], options });
      expect(destroy.report).toMatchObject({ outcome: "finished", counts: { destructions: 3 } });
    });

    it("has its errors in the log, and their headline in the report", async () => {
      const broken = await makeArchive({
        "live/main.tf": `${main}\noutput "x" { value = terraform_data.missing.id }\n`,
      });
      const { served, report } = await plan({ configuration: broken });
      expect(report).toMatchObject({
        outcome: "errored",
        message: `${name} plan failed: Reference to undeclared resource`,
      });
      expect(served.log.toString()).toContain("terraform_data.missing");
      expect(served.planFile).toBeUndefined();
    });

    it("saves its state when an apply is interrupted", async () => {
      const slow = `
        resource "terraform_data" "done" {}
        resource "terraform_data" "slow" {
          depends_on = [terraform_data.done]
          provisioner "local-exec" { command = "echo waiting; sleep 600" }
        }`;
      const configuration = await makeArchive({ "live/main.tf": slow });
      const planned = await plan({ configuration, variables: [] });
      const served = bench.server.offer(
        await wish({
          configuration,
          variables: [],
          phase: "apply",
          planFile: planned.served.planFile,
          heartbeat_seconds: 0,
        }),
      );
      await bench.server.until(() => served.log.includes("waiting") && served.states.length > 0);
      served.stop = "interrupt";
      expect(await bench.reported(served)).toMatchObject({ outcome: "canceled", message: "The apply was canceled." });
      const last = served.states.at(-1);
      expect(last?.final).toBe(true);
      expect(last?.bytes.toString()).toContain('"name": "done"');
      expect(served.log.toString()).toContain("Interrupt received");
    });
  });
});
