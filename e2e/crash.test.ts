import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProvider, listMachines } from "@ingot/devcloud";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signal } from "./cluster.ts";
import { IngotProcess } from "./ingot-process.ts";

const final = ["applied", "errored", "canceled", "planned_and_finished"];

/** Real processes, killed with SIGKILL at the worst moment: nothing that was committed is lost, and the truth is told. */
describe("after kill -9", () => {
  let ingot: IngotProcess;
  let root: string;
  let mirror: string;
  let workspace: string;
  beforeAll(async () => {
    mirror = await mkdtemp(join(tmpdir(), "ingot-mirror-"));
    await installProvider({ mirrorDir: mirror });
    ingot = await IngotProcess.start(["--provider-mirror", mirror, "--log-level", "warn"]);
    root = join(ingot.directory, "cloud");
    await mkdir(root);
    const made = await ingot.must("POST", "organizations/ingot/workspaces", {
      data: { type: "workspaces", attributes: { name: "crash" } },
    });
    workspace = made.id;
    await ingot.must("POST", `workspaces/${workspace}/vars`, {
      data: { type: "vars", attributes: { key: "DEVCLOUD_ROOT", value: root, category: "env" } },
    });
  });
  afterAll(async () => {
    await ingot.close();
    await rm(mirror, { recursive: true, force: true });
  });

  const configuration = (machines: number) => `
    terraform {
      required_providers { devcloud = { source = "ingot.local/ingot/devcloud" } }
    }
    resource "devcloud_machine" "m" {
      count = ${machines}
      name  = "m-\${count.index}"
      image = "sha256:0"
    }`;
  const delay = (operation: string, ms: number) =>
    writeFile(join(root, "delay.json"), JSON.stringify({ operation, ms }));
  const noDelay = () => rm(join(root, "delay.json"), { force: true });
  const status = (run: string) =>
    ingot.until(
      "the run ends",
      60,
      () => ingot.status(run),
      (seen) => final.includes(seen),
    );

  /** What the state says exists. */
  async function machinesInState(): Promise<string[]> {
    const answer = await ingot.api("GET", `workspaces/${workspace}/current-state-version`);
    if (answer.status === 404) return [];
    const url = new URL(answer.json.data.attributes["hosted-state-download-url"]);
    const state = await ingot.request("GET", url.pathname);
    const machines = state.json.resources.filter((one: any) => one.type === "devcloud_machine");
    return machines.flatMap((one: any) => one.instances.map((instance: any) => instance.attributes.id));
  }

  async function usable(machines: number): Promise<void> {
    await noDelay();
    const started = Date.now();
    const run = await ingot.run(workspace, configuration(machines));
    expect(await status(run), await ingot.logOf(run)).toBe("applied");
    expect(Date.now() - started).toBeLessThan(60_000);
    const inState = await machinesInState();
    expect(inState).toHaveLength(machines);
    expect((await listMachines(root)).map((machine) => machine.id)).toEqual(expect.arrayContaining(inState));
  }

  it("of the runner during an apply, the state holds what was made, the run says so, and the workspace is free", async () => {
    // One machine is finished, the others are slow: made one after another, since the engine works on ten at once.
    await usable(1);
    await delay("create", 60_000);
    const run = await ingot.run(workspace, configuration(3));
    await ingot.until(
      "the apply runs",
      30,
      () => ingot.status(run),
      (seen) => seen === "applying",
    );
    for (const pid of await ingot.runnerPids()) signal(pid, "SIGKILL");
    expect(await status(run)).toBe("errored");
    const { relationships } = await ingot.must("GET", `runs/${run}`);
    const apply = await ingot.must("GET", `applies/${relationships.apply.data.id}`);
    expect(apply.attributes.status).toBe("errored");
    expect(await ingot.logOf(run)).toMatch(/runner/i);
    expect(await machinesInState()).toHaveLength(1);
    await usable(3);
  }, 180_000);

  it("of the server during an apply, the run reaches an end that fits the state", async () => {
    await delay("create", 4000);
    const run = await ingot.run(workspace, configuration(5));
    await ingot.until(
      "the apply runs",
      30,
      () => ingot.status(run),
      (seen) => seen === "applying",
    );
    await ingot.killServe();
    await ingot.start();
    const end = await status(run);
    const inState = await machinesInState();
    expect(end === "applied" ? inState.length : end).toBe(end === "applied" ? 5 : "errored");
    await usable(4);
  }, 180_000);

  it("of server and runner during a plan, the run ends and the workspace is usable", async () => {
    await delay("plan", 60_000);
    const run = await ingot.run(workspace, configuration(6));
    await ingot.until(
      "the plan runs",
      30,
      () => ingot.status(run),
      (seen) => seen === "planning",
    );
    const below = await ingot.runnerPids();
    await ingot.killServe();
    for (const pid of below) signal(pid, "SIGKILL");
    await ingot.start();
    expect(await status(run)).toBe("errored");
    await usable(6);
  }, 180_000);

  it("of the server during a build, the build goes on where it was", async () => {
    const { json } = await ingot.request("GET", "/resource-manager/2019-12-10/projects?scope.type=ORGANIZATION");
    const project = json.projects[0];
    const registry = `/packer/2023-01-01/organizations/${project.parent.id}/projects/${project.id}`;
    const call = async (method: string, path: string, body?: unknown): Promise<any> => {
      const answer = await ingot.request(method, registry + path, body);
      expect(answer.status, JSON.stringify(answer.json)).toBe(200);
      return answer.json;
    };
    await call("PUT", "/buckets", { name: "crash-image" });
    await call("POST", "/buckets/crash-image/versions", { fingerprint: "f1", template_type: "HCL2" });
    const { build } = await call("POST", "/buckets/crash-image/versions/f1/builds", {
      component_type: "a.b",
      status: "BUILD_RUNNING",
      artifacts: null,
    });
    await ingot.killServe();
    await ingot.start();
    await call("PATCH", `/buckets/crash-image/versions/f1/builds/${build.id}`, {
      status: "BUILD_DONE",
      platform: "aws",
      artifacts: [{ external_identifier: "ami-1", region: "us-east-1" }],
    });
    expect((await call("GET", "/buckets/crash-image/versions/f1")).version).toMatchObject({
      name: "v1",
      status: "VERSION_ACTIVE",
    });
  }, 60_000);
});
