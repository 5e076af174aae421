import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProvider, listMachines } from "@ingot/devcloud";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, type TestDatabase } from "../packages/server/src/testing/databases.ts";
import { signal, startCluster, type Cluster, type RunnerProcess } from "./cluster.ts";
import type { IngotProcess } from "./ingot-process.ts";

const final = ["applied", "errored", "canceled", "planned_and_finished"];
const [postgres] = databasesUnderTest().filter(({ name }) => name === "postgres");
/** Every stage instead of the worst one of each kind: minutes, for a release. */
const thorough = process.env["INGOT_TEST_FAULTS"] === "1";

describe.skipIf(postgres === undefined)("two replicas and two runners (postgres)", () => {
  let database: TestDatabase;
  let cluster: Cluster;
  let alive: IngotProcess;
  let mirror: string;
  let root: string;
  beforeAll(async () => {
    if (postgres === undefined) throw new Error("unreachable");
    database = await postgres.create();
    mirror = await mkdtemp(join(tmpdir(), "ingot-mirror-"));
    await installProvider({ mirrorDir: mirror });
    cluster = await startCluster({ databaseUrl: database.url, providerMirror: mirror });
    [alive] = cluster.replicas;
  }, 60_000);
  afterAll(async () => {
    await cluster?.close();
    await database?.close();
    await rm(mirror, { recursive: true, force: true });
  });

  let counter = 0;
  async function newWorkspace(): Promise<string> {
    root = await mkdtemp(join(tmpdir(), "ingot-cloud-"));
    const made = await alive.must("POST", "organizations/ingot/workspaces", {
      data: { type: "workspaces", attributes: { name: `replicas-${++counter}` } },
    });
    await alive.must("POST", `workspaces/${made.id}/vars`, {
      data: { type: "vars", attributes: { key: "DEVCLOUD_ROOT", value: root, category: "env" } },
    });
    return made.id as string;
  }

  /** Machines that are made one after the other. */
  const chain = (machines: number): string => {
    const one = (index: number): string => `
      resource "devcloud_machine" "m${index}" {
        name       = "m-${index}"
        image      = "sha256:0"
        ${index === 0 ? "" : `depends_on = [devcloud_machine.m${index - 1}]`}
      }`;
    return `terraform {
      required_providers { devcloud = { source = "ingot.local/ingot/devcloud" } }
    }
    ${Array.from({ length: machines }, (_, index) => one(index)).join("\n")}`;
  };
  const delay = (operation: string, ms: number) =>
    writeFile(join(root, "delay.json"), JSON.stringify({ operation, ms }));
  const reach = (run: string, wanted: readonly string[], seconds = 60) =>
    alive.until(
      `the run is ${wanted.join(" or ")}`,
      seconds,
      () => alive.status(run),
      (seen) => wanted.includes(seen),
    );

  async function stateOf(workspace: string): Promise<{ serial: number; machines: string[] }> {
    const answer = await alive.api("GET", `workspaces/${workspace}/current-state-version`);
    if (answer.status === 404) return { serial: 0, machines: [] };
    const url = new URL(answer.json.data.attributes["hosted-state-download-url"]);
    const { json } = await alive.request("GET", url.pathname);
    const machines = json.resources
      .flatMap((one: any) => one.instances.map((instance: any) => instance.attributes.id as string))
      .sort();
    return { serial: json.serial as number, machines };
  }

  /** What exists is what the state says, each once; and the workspace takes a run within a minute. */
  async function expectWhole(workspace: string, machines: number): Promise<void> {
    await rm(join(root, "delay.json"), { force: true });
    const run = await alive.run(workspace, chain(machines));
    expect(["applied", "planned_and_finished"], await alive.logOf(run)).toContain(await reach(run, final));
    const existing = (await listMachines(root)).map((machine) => machine.id).sort();
    expect((await stateOf(workspace)).machines).toEqual(existing);
    expect(new Set((await listMachines(root)).map((machine) => machine.name)).size).toBe(machines);
    expect(existing).toHaveLength(machines);
  }

  async function runnerOf(run: string): Promise<RunnerProcess> {
    const busy = await alive.until(
      "a runner works on it",
      20,
      async () => {
        const found: RunnerProcess[] = [];
        for (const runner of cluster.runners) {
          const names = await readdir(runner.workDir).catch(() => []);
          for (const name of names.filter((one) => /-\d+$/.test(one))) {
            const id = await readFile(join(runner.workDir, name, "run"), "utf8").catch(() => "");
            if (id === run) found.push(runner);
          }
        }
        return found;
      },
      (found) => found.length === 1,
    );
    return busy[0] as RunnerProcess;
  }

  async function killReplica(index: 0 | 1): Promise<void> {
    alive = cluster.replicas[1 - index] as IngotProcess;
    await cluster.replicas[index].killServe();
  }

  const stages = thorough ? (["plan", "create"] as const) : (["create"] as const);

  it.each(stages)(
    "the replica that dies while a run is in its %s is missed by nobody",
    async (stage) => {
      const workspace = await newWorkspace();
      await delay(stage, 700);
      const run = await alive.run(workspace, chain(4));
      await reach(run, [stage === "plan" ? "planning" : "applying"]);
      await killReplica(0);
      expect(await reach(run, final), await alive.logOf(run)).toBe("applied");
      expect((await stateOf(workspace)).machines).toHaveLength(4);
      if (!thorough) return;
      await cluster.replicas[0].start();
      await expectWhole(workspace, 4);
    },
    120_000,
  );

  it("a runner that comes back after its lease has ended changes nothing, and works again", async () => {
    const workspace = await newWorkspace();
    await delay("create", 60_000);
    const run = await alive.run(workspace, chain(3));
    await reach(run, ["applying"]);
    const frozen = await runnerOf(run);
    const pids = (await frozen.pids()).reverse();
    const stoppedAt = Date.now();
    for (const pid of pids) signal(pid, "SIGSTOP");
    expect(await reach(run, final)).toBe("errored");
    expect(Date.now() - stoppedAt).toBeLessThan(60_000);
    // The other one does the work meanwhile.
    await expectWhole(workspace, 3);
    const before = await stateOf(workspace);
    for (const pid of pids) signal(pid, "SIGCONT");
    await alive.until(
      "it notices",
      30,
      async () => frozen.log(),
      (log) => log.includes("the lease was lost"),
    );
    expect(await stateOf(workspace)).toEqual(before);
    expect(await alive.status(run)).toBe("errored");
    if (!thorough) return;
    const other = cluster.runners.find((runner) => runner !== frozen) as RunnerProcess;
    await other.kill();
    await expectWhole(workspace, 4);
    other.start();
  }, 180_000);

  it("the state holds whatever was finished two seconds before a runner and its engine are killed", async () => {
    const workspace = await newWorkspace();
    await delay("create", 800);
    const run = await alive.run(workspace, chain(12));
    await alive.until(
      "some are made",
      60,
      () => listMachines(root),
      (machines) => machines.length >= 5,
    );
    const victim = await runnerOf(run);
    await victim.kill();
    const killedAt = Date.now();
    const finished: string[] = [];
    for (const { id } of await listMachines(root)) {
      if ((await stat(await fileOf(id))).mtimeMs < killedAt - 2000) finished.push(id);
    }
    expect(finished.length).toBeGreaterThan(0);
    // It gives up what it had been doing, without waiting for the lease to end.
    victim.start();
    expect(await reach(run, final)).toBe("errored");
    expect(Date.now() - killedAt).toBeLessThan(60_000);
    expect((await stateOf(workspace)).machines).toEqual(expect.arrayContaining(finished));
  }, 120_000);

  it.runIf(thorough)(
    "a runner that is killed while it plans leaves a run that ends, and a workspace that is free (INGOT_TEST_FAULTS=1)",
    async () => {
      const workspace = await newWorkspace();
      await delay("plan", 60_000);
      const run = await alive.run(workspace, chain(2));
      await reach(run, ["planning"]);
      const victim = await runnerOf(run);
      await victim.kill();
      await killReplica(1);
      expect(await reach(run, final)).toBe("errored");
      victim.start();
      await cluster.replicas[1].start();
      await expectWhole(workspace, 2);
    },
    180_000,
  );

  async function fileOf(id: string): Promise<string> {
    const names = await readdir(root, { recursive: true });
    const name = names.find((one) => one.includes(id));
    if (name === undefined) throw new Error(`no file of ${id}`);
    return join(root, name);
  }
});
