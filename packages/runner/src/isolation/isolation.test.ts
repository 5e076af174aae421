import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEngines } from "../engines/find-engines.ts";
import type { ServedJob } from "../testing/fake-server.ts";
import { makeArchive } from "../testing/make-archive.ts";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";
import { IsolationUnavailable, type IsolationLevel } from "./confinement.ts";
import { chooseIsolation } from "./isolation.ts";

const path = process.env["PATH"] ?? "";
const logger = pino({ level: "silent" });
const [tofu] = (await findEngines({ path: "" })).filter((engine) => engine.name === "tofu");

/** Why a level cannot be tested on this machine; empty when it can. */
async function whyNot(level: IsolationLevel): Promise<string> {
  if (tofu === undefined) return " (skipped: no embedded tofu)";
  const workDir = await mkdtemp(join(tmpdir(), "ingot-isolation-"));
  await chmod(workDir, 0o711);
  const wish = { wish: level, path, workDir, engines: [tofu], readable: [], firstUserId: 62_000, limits: {} };
  const missing = await chooseIsolation(wish, logger).then(
    () => "",
    (error: unknown) => ` (skipped: ${(error as Error).message})`,
  );
  await rm(workDir, { recursive: true });
  return missing;
}

const levels = [];
for (const level of ["bubblewrap", "users"] as const) levels.push({ level, missing: await whyNot(level) });

const secrets = {
  token: "SECRET-runner-token",
  masterKey: "SECRET-master-key",
  database: "SECRET-database-row",
  environment: "SECRET-of-the-servers-environment",
  neighbour: "SECRET-of-another-run",
  unsent: "SECRET-of-an-unsent-state",
  state: "SECRET-in-a-file-like-a-state",
};

/** A machine with everything on it that a run must not see. */
interface Machine {
  readonly bench: TestBench;
  /** A process of the machine's own, with a secret in its environment. */
  readonly server: ChildProcess;
  /** Runs commands in an apply's provisioner, which is where a configuration can do anything. */
  attack(script: string): Promise<{ readonly log: string; readonly states: string }>;
  close(): Promise<void>;
}

async function startMachine(isolation: IsolationLevel): Promise<Machine> {
  const bench = await startTestBench({
    isolation,
    cgroup: "auto",
    path,
    enginesDir: undefined,
    firstUserId: 62_000,
    concurrency: 3,
  });
  const data = join(bench.directory, "data");
  await mkdir(data, { mode: 0o711 });
  await writeFile(join(data, "token"), secrets.token, { mode: 0o600 });
  await writeFile(join(data, "master.key"), secrets.masterKey, { mode: 0o600 });
  await writeFile(join(data, "ingot.db"), secrets.database, { mode: 0o600 });
  await writeFile(join(data, "terraform.tfstate"), JSON.stringify({ secret: secrets.state }), { mode: 0o600 });
  await mkdir(join(bench.directory, "work", "unsent"), { mode: 0o700 });
  await writeFile(join(bench.directory, "work", "unsent", "run-0.tfstate"), secrets.unsent, { mode: 0o600 });
  const server: ChildProcess = spawn("/bin/sleep", ["600"], { env: { SERVER: secrets.environment }, stdio: "ignore" });

  const offer = async (script: string, environment: Record<string, string>): Promise<ServedJob> => {
    const provisioner = `provisioner "local-exec" { command = ${JSON.stringify(`sh ./script.sh; true`)} }`;
    const configuration = await makeArchive({
      "main.tf": `resource "terraform_data" "it" {\n  ${provisioner}\n}\n`,
      "script.sh": script,
    });
    const plan = bench.server.offer({ configuration, environment });
    expect(await bench.reported(plan), plan.log.toString()).toMatchObject({ outcome: "finished" });
    return bench.server.offer({ configuration, environment, phase: "apply", planFile: plan.planFile });
  };
  const still = `# ${secrets.neighbour}\necho holding; while ! test -e still-no-such-file; do sleep 0.1; done`;
  const neighbour = await offer(still, { OF_ANOTHER_RUN: secrets.neighbour });
  await bench.server.until(() => neighbour.log.includes("holding"));
  return {
    bench,
    server,
    async attack(script) {
      const served = await offer(script, { DATA: data, WORK: join(bench.directory, "work") });
      expect(await bench.reported(served), served.log.toString()).toMatchObject({ outcome: "finished" });
      return { log: served.log.toString(), states: served.states.map(({ bytes }) => bytes.toString()).join("\n") };
    },
    async close() {
      server.kill();
      await bench.close();
    },
  };
}

/** Everything at once: known files, whatever can be found, the environments and memories of all processes. */
const rummage = `
cat "$DATA/token" "$DATA/master.key" "$DATA/ingot.db" "$DATA/terraform.tfstate" "$WORK"/unsent/* "$WORK/unsent/run-0.tfstate"
ls -la "$DATA" "$WORK" ..
cat "$WORK"/*/config/script.sh "$WORK"/*/own/* ../own/*
for root in "$WORK"/*; do cat "$root/config/script.sh"; done
for process in /proc/[0-9]*; do tr '\\0' '\\n' < $process/environ; cat $process/cwd/script.sh; ls $process/root$DATA; cat $process/root$DATA/token; done
cat "/proc/$PPID/environ" | tr '\\0' '\\n'
echo rummaged
`;

describe.each(levels)("a malicious configuration", ({ level, missing }) => {
  describe.skipIf(missing !== "")(`at the level ${level}${missing}`, () => {
    let machine: Machine;
    beforeAll(async () => {
      machine = await startMachine(level);
    });
    afterAll(() => machine?.close());

    it("reads no credential, key, database, environment, nor anything of another run", async () => {
      const { log } = await machine.attack(rummage);
      expect(log).toContain("rummaged");
      for (const secret of Object.values(secrets)) expect(log).not.toContain(secret);
    });

    it("does not make the runner read a file in its place", async () => {
      const { log, states } = await machine.attack(
        'rm -rf "../states/$TF_WORKSPACE"; ln -s "$DATA" "../states/$TF_WORKSPACE"; sleep 0.2; echo linked',
      );
      expect(log).toContain("linked");
      for (const secret of Object.values(secrets)) expect(states).not.toContain(secret);
    });

    it("ends no process of the machine", async () => {
      const { log } = await machine.attack(`kill -9 ${machine.server.pid}; echo aimed`);
      expect(log).toContain("aimed");
      expect(machine.server.signalCode).toBeNull();
    });

    it("saves its state all the same when it is interrupted", async () => {
      const configuration = await makeArchive({
        "main.tf": `
          resource "terraform_data" "done" {}
          resource "terraform_data" "slow" {
            depends_on = [terraform_data.done]
            provisioner "local-exec" { command = "echo waiting; sleep 600" }
          }`,
      });
      const { server } = machine.bench;
      const plan = server.offer({ configuration });
      await machine.bench.reported(plan);
      const apply = server.offer({ configuration, phase: "apply", planFile: plan.planFile, heartbeat_seconds: 0 });
      await server.until(() => apply.log.includes("waiting"));
      apply.stop = "interrupt";
      expect(await machine.bench.reported(apply)).toMatchObject({ outcome: "canceled" });
      expect(apply.states.at(-1)?.bytes.toString()).toContain('"name": "done"');
    });

    it("leaves nothing running", async () => {
      const { log } = await machine.attack("setsid sh -c 'exec sleep 4242' >/dev/null 2>&1 & sleep 0.2; echo left");
      expect(log).toContain("left");
      expect(await commandLines()).not.toContain("sleep\u00004242\u0000");
    });
  });
});

describe("no isolation", () => {
  it.skipIf(tofu === undefined)(
    "protects nothing of the same user: the attack of these tests is a real one",
    async () => {
      const machine = await startMachine("none");
      try {
        const { log } = await machine.attack(rummage);
        for (const secret of Object.values(secrets)) expect(log).toContain(secret);
      } finally {
        await machine.close();
      }
    },
  );
});

it("a level that was asked for and does not work stops the runner", async () => {
  const wish = { workDir: tmpdir(), engines: [], readable: [], firstUserId: 62_000, limits: {}, path: "/nonexistent" };
  const error: unknown = await chooseIsolation({ ...wish, wish: "bubblewrap" }, logger).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(IsolationUnavailable);
  expect((error as Error).message).toContain("install bubblewrap");
});

async function commandLines(): Promise<string> {
  const lines: string[] = [];
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name)) lines.push(await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => ""));
  }
  return lines.join("\n");
}
