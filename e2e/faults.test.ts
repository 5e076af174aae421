import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installFakeEngine } from "../packages/runner/src/testing/test-runner.ts";
import { findPostgres, startPostgres, type PostgresCluster } from "../scripts/postgres-cluster.mjs";
import { startRunnerProcess, type RunnerProcess } from "./cluster.ts";
import { freePort, IngotProcess } from "./ingot-process.ts";
import { startUploadGate, type UploadGate } from "./upload-gate.ts";

const binaries = process.env["INGOT_TEST_POSTGRES_URL"] === undefined ? undefined : findPostgres();
const victims = ["server", "runner", "postgres"] as const;
const final = ["applied", "errored", "canceled", "planned_and_finished", "discarded"];
// The engine of these tests, and a version that no runner has: what asks for it waits for a runner.
const version = "99.0.0";
const missing = "98.0.0";

/** A stage of a run: how it is reached, and what lets the run go on from there. */
interface Stage {
  readonly name: string;
  /** A kill of the runner ends a run at this stage: its engine is gone. */
  readonly needsRunner: boolean;
  readonly autoApply?: false;
  readonly workspaceVersion?: string;
  /** The status that the run waits in. */
  readonly status: string;
  /** Before the run is made, and once it is planned. */
  prepare?(at: Place): Promise<unknown>;
  planned?(at: Place): Promise<unknown>;
  /** Of the engine. */
  steps?(at: Place): { readonly plan?: readonly object[]; readonly apply?: readonly object[] };
  /** Resolves when the run is in the middle of it. */
  reached?(at: Place): Promise<unknown>;
  release?(at: Place): Promise<unknown>;
}

interface Place {
  readonly directory: string;
  readonly workspace: string;
  run: string;
}

describe.skipIf(binaries === undefined)("kill -9 at every stage of a run (postgres)", () => {
  let directory: string;
  let postgres: PostgresCluster;
  let ingot: IngotProcess;
  let gate: UploadGate;
  let runner: RunnerProcess;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-faults-"));
    postgres = await startPostgres(binaries as string);
    const port = await freePort();
    const place = ["--database-url", postgres.url, "--public-url", `http://127.0.0.1:${port}`];
    ingot = await IngotProcess.start([...place, "--runner=false", "--log-level", "silent"]);
    const ca = await readFile(join(ingot.dataDir, "tls", "ca.pem"), "utf8");
    gate = await startUploadGate({ port, upstream: ingot.url, ca });
    const { json } = await ingot.request("POST", "/api/v1/runner-tokens", { name: "faults" });
    await writeFile(join(directory, "token"), String(json.token), { mode: 0o600 });
    const engines = ["--engines-dir", await installFakeEngine(directory), "--isolation", "none", "--concurrency", "16"];
    const workDir = join(directory, "work");
    const where = ["--url", gate.url, "--token-file", join(directory, "token"), "--work-dir", workDir];
    runner = startRunnerProcess("faults", workDir, ["runner", ...where, ...engines, "--log-level", "warn"]);
  });
  afterAll(async () => {
    await runner?.kill();
    await ingot?.close();
    await gate?.close();
    await postgres?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const setVersion = (workspace: string, engine: string) =>
    ingot.must("PATCH", `workspaces/${workspace}`, {
      data: { type: "workspaces", attributes: { "terraform-version": engine } },
    });
  const isIn = (run: string, statuses: readonly string[]) =>
    ingot.until(
      `run ${run} is ${statuses.join(" or ")}`,
      60,
      () => ingot.status(run),
      (seen) => statuses.includes(seen),
    );
  const serialOf = async (workspace: string): Promise<number> => {
    const { status, json } = await ingot.api("GET", `workspaces/${workspace}/current-state-version`);
    return status === 404 ? 0 : (json.data.attributes.serial as number);
  };
  const touchGo = (at: Place) => writeFile(join(at.directory, "go"), "");
  const wait = (at: Place) => ({ wait: join(at.directory, "go") });
  const state = (serial: number) => ({
    state: { version: 4, terraform_version: version, serial, lineage: "faults", outputs: {}, resources: [] },
  });

  const stages: readonly Stage[] = [
    {
      name: "pending",
      needsRunner: false,
      status: "pending",
      prepare: (at) => ingot.must("POST", `workspaces/${at.workspace}/actions/lock`, {}),
      release: (at) => ingot.must("POST", `workspaces/${at.workspace}/actions/unlock`, {}),
    },
    {
      name: "queued for its plan",
      needsRunner: false,
      workspaceVersion: missing,
      status: "plan_queued",
      release: (at) => setVersion(at.workspace, version),
    },
    {
      name: "planning",
      needsRunner: true,
      status: "planning",
      steps: (at) => ({ plan: [{ file: [join(at.directory, "there"), ""] }, wait(at)] }),
      reached: (at) => readUntilThere(join(at.directory, "there")),
      release: touchGo,
    },
    {
      name: "waiting for confirmation",
      needsRunner: false,
      autoApply: false,
      status: "planned",
      release: (at) => ingot.must("POST", `runs/${at.run}/actions/apply`, {}),
    },
    {
      name: "confirmed, queued for its apply",
      needsRunner: false,
      autoApply: false,
      status: "apply_queued",
      planned: async (at) => {
        await setVersion(at.workspace, missing);
        await ingot.must("POST", `runs/${at.run}/actions/apply`, {});
      },
      release: (at) => setVersion(at.workspace, version),
    },
    {
      name: "applying",
      needsRunner: true,
      status: "applying",
      steps: (at) => ({ apply: [state(1), wait(at), state(2)] }),
      reached: (at) =>
        ingot.until(
          "the first state is stored",
          30,
          () => serialOf(at.workspace),
          (serial) => serial === 1,
        ),
      release: touchGo,
    },
    {
      name: "uploading its state",
      needsRunner: true,
      status: "applying",
      steps: (at) => ({ apply: [wait({ ...at, directory: join(at.directory, "..") }), state(1), wait(at), state(2)] }),
      release: touchGo,
    },
  ];

  const configuration = (at: Place, steps: { plan?: readonly object[]; apply?: readonly object[] }) =>
    JSON.stringify({
      planJson: { format_version: "1.2", resource_changes: [{ address: "a.b", change: { actions: ["create"] } }] },
      plan: steps.plan ?? [],
      // Written down each time: an apply that is done twice is seen.
      apply: [{ append: [join(at.directory, "applies"), "x"] }, ...(steps.apply ?? [state(2)])],
    });

  async function bringTo(stage: Stage, victim: string): Promise<Place> {
    const made = await ingot.must("POST", "organizations/ingot/workspaces", {
      data: {
        type: "workspaces",
        attributes: {
          name: `${victim}-${stages.indexOf(stage)}`,
          "terraform-version": stage.workspaceVersion ?? version,
        },
      },
    });
    const at: Place = {
      directory: await mkdtemp(join(directory, "stage-")),
      workspace: made.id as string,
      run: "",
    };
    await stage.prepare?.(at);
    const content = configuration(at, stage.steps?.(at) ?? {});
    at.run = await ingot.run(at.workspace, content, { file: "scenario.json", autoApply: stage.autoApply ?? true });
    if (stage.planned !== undefined) {
      await isIn(at.run, ["planned"]);
      await stage.planned(at);
    }
    await isIn(at.run, [stage.status]);
    await stage.reached?.(at);
    return at;
  }

  const endsRun = (victim: string, stage: Stage) => victim === "runner" && stage.needsRunner;

  async function killAndRestart(victim: (typeof victims)[number]): Promise<void> {
    if (victim === "server") {
      await ingot.killServe();
      await ingot.start();
    } else if (victim === "runner") {
      await runner.killAlone();
      runner.start();
    } else {
      await postgres.kill();
      // It neither ends nor hangs: it says so, and is there when the database is.
      expect(await ingot.api("GET", "organizations/ingot")).toMatchObject({ status: 503 });
      await postgres.start();
    }
  }

  describe.each(victims)("of %s", (victim) => {
    const places = new Map<Stage, Place>();
    let killedAt: number;
    beforeAll(async () => {
      const go = join(directory, "go");
      await rm(go, { force: true });
      await Promise.all(stages.map(async (stage) => places.set(stage, await bringTo(stage, victim))));
      const held = gate.hold();
      await writeFile(go, "");
      await held;
      killedAt = Date.now();
      await killAndRestart(victim);
      gate.release();
      // What a dead runner's engine waits for does not come: the next runner ends it.
      for (const [stage, at] of places) if (!endsRun(victim, stage)) await stage.release?.(at);
    }, 120_000);

    it.each(stages)(
      `a run that is $name`,
      async (stage) => {
        const at = places.get(stage) as Place;
        const isLost = endsRun(victim, stage);
        expect(await isIn(at.run, final), await ingot.logOf(at.run)).toBe(isLost ? "errored" : "applied");
        // Nothing that was written is lost, however the run ended; and nothing was applied twice.
        const written = stage.status === "applying" ? 1 : 0;
        expect(await serialOf(at.workspace)).toBe(isLost ? written : 2);
        const applies = await readFile(join(at.directory, "applies"), "utf8").catch(() => "");
        expect(applies).toBe(isLost && stage.name === "planning" ? "" : "x");
        const { attributes } = await ingot.must("GET", `workspaces/${at.workspace}`);
        expect(attributes.locked).toBe(false);
        expect(Date.now() - killedAt).toBeLessThan(60_000);
        if (!isLost) return;
        expect(await ingot.logOf(at.run)).toContain("The runner was killed while it worked on this");
        const next = await ingot.run(at.workspace, configuration(at, { apply: [state(3)] }), { file: "scenario.json" });
        expect(await isIn(next, final), await ingot.logOf(next)).toBe("applied");
      },
      90_000,
    );
  });

  async function readUntilThere(file: string): Promise<unknown> {
    return ingot.until(
      `${file} is there`,
      30,
      () =>
        readFile(file).then(
          () => true,
          () => false,
        ),
      (isThere) => isThere,
    );
  }
});
