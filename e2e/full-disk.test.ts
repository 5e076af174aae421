import { execFileSync } from "node:child_process";
import { rmdirSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProvider, listMachines } from "@ingot/devcloud";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRunnerProcess, type RunnerProcess } from "./cluster.ts";
import { IngotProcess } from "./ingot-process.ts";

const final = ["applied", "errored", "canceled", "planned_and_finished"];
const place = await mkdtemp(join(tmpdir(), "ingot-small-disk-"));
const mounted = mountSmallDisk();

/** A disk of its own for the server, small enough to be full; mounting takes root, and a kernel that lets it. */
function mountSmallDisk(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", place], { stdio: "ignore" });
    return true;
  } catch {
    rmdirSync(place);
    return false;
  }
}

describe.skipIf(!mounted)(`a full disk${mounted ? "" : " (skipped: no file system can be mounted here)"}`, () => {
  let ingot: IngotProcess;
  let runner: RunnerProcess;
  let elsewhere: string;
  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), "ingot-elsewhere-"));
    await installProvider({ mirrorDir: join(elsewhere, "mirror") });
    await mkdir(join(elsewhere, "cloud"));
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = place;
    ingot = await IngotProcess.start(["--runner=false", "--log-level", "silent"]);
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    const { json } = await ingot.request("POST", "/api/v1/runner-tokens", { name: "elsewhere" });
    await writeFile(join(elsewhere, "token"), String(json.token), { mode: 0o600 });
    const workDir = join(elsewhere, "work");
    const where = ["--url", ingot.url, "--token-file", join(elsewhere, "token"), "--work-dir", workDir];
    const trust = ["--ca-file", join(ingot.dataDir, "tls", "ca.pem"), "--provider-mirror", join(elsewhere, "mirror")];
    runner = startRunnerProcess("elsewhere", workDir, ["runner", ...where, ...trust, "--isolation", "none"]);
  });
  afterAll(async () => {
    await runner?.kill();
    await ingot?.close();
    execFileSync("umount", [place]);
    await rm(place, { recursive: true, force: true });
    await rm(elsewhere, { recursive: true, force: true });
  });

  it("of the server during an apply is told to clients, and when there is room again nothing is lost", async () => {
    const root = join(elsewhere, "cloud");
    const made = await ingot.must("POST", "organizations/ingot/workspaces", {
      data: { type: "workspaces", attributes: { name: "full" } },
    });
    await ingot.must("POST", `workspaces/${made.id}/vars`, {
      data: { type: "vars", attributes: { key: "DEVCLOUD_ROOT", value: root, category: "env" } },
    });
    await writeFile(join(root, "delay.json"), JSON.stringify({ operation: "create", ms: 1500 }));
    const run = await ingot.run(made.id as string, configuration(15));
    await ingot.until(
      "the apply runs",
      40,
      () => ingot.status(run),
      (seen) => seen === "applying",
    );
    const ballast = join(place, "ballast");
    await fill(ballast);
    const refused = await ingot.until(
      "a write is refused",
      20,
      () =>
        ingot.api("POST", "organizations/ingot/workspaces", {
          data: { type: "workspaces", attributes: { name: `no-room-${Date.now()}`, description: "x".repeat(4000) } },
        }),
      ({ status }) => status >= 500,
    );
    expect(refused.status).toBeGreaterThanOrEqual(500);
    await rm(ballast);
    const end = await ingot.until(
      "the run ends",
      60,
      () => ingot.status(run),
      (seen) => final.includes(seen),
    );
    expect(end, await ingot.logOf(run)).toBe("applied");
    const version = await ingot.must("GET", `workspaces/${made.id}/current-state-version`);
    const { json } = await ingot.request("GET", new URL(version.attributes["hosted-state-download-url"]).pathname);
    const inState = json.resources.flatMap((one: any) => one.instances.map((i: any) => i.attributes.id as string));
    expect(inState.sort()).toEqual((await listMachines(root)).map((machine) => machine.id).sort());
    expect(inState).toHaveLength(15);
  }, 150_000);

  const configuration = (machines: number): string => `
    terraform {
      required_providers { devcloud = { source = "ingot.local/ingot/devcloud" } }
    }
    resource "devcloud_machine" "m" {
      count = ${machines}
      name  = "m-\${count.index}"
      image = "sha256:0"
    }`;

  /** Takes every byte that is left. */
  async function fill(path: string): Promise<void> {
    const file = await open(path, "w");
    try {
      for (let size = 1 << 20; size >= 1; size >>= 1) {
        const block = Buffer.alloc(size);
        while (
          await file.write(block).then(
            ({ bytesWritten }) => bytesWritten === size,
            () => false,
          )
        );
      }
    } finally {
      await file.close();
    }
  }
});
