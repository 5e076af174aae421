// The registry under the calls of stock Packer: how many builds it takes, how long each call lasts, and whether a version
// whose components finish at the same moment is ever left incomplete.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client as Postgres } from "pg";
import { Client } from "undici";

const secondsPerRun = 5;
const clientCounts = [1, 8, 32];
const finishRounds = 500;
const components = 8;

/** Runs the benchmark on every database at hand and returns its section of the report. */
export async function benchRegistry() {
  const sections = [await benchOn("SQLite", undefined)];
  const postgres = process.env.INGOT_TEST_POSTGRES_URL;
  if (postgres === undefined) {
    console.log("PostgreSQL: left out, since INGOT_TEST_POSTGRES_URL is not set.");
    sections.push("### PostgreSQL\n\nNot measured: `INGOT_TEST_POSTGRES_URL` was not set.\n");
  } else {
    sections.push(await onOwnSchema(postgres, (url) => benchOn("PostgreSQL", url)));
  }
  return [
    "The calls of `packer build` with one component, in its order, each client with a bucket and a connection of its own.",
    `Server and load are two processes on the same machine, over TLS; ${secondsPerRun} s for each number of clients. Times`,
    "are in milliseconds, as the client sees them.",
    "",
    ...sections,
  ].join("\n");
}

async function onOwnSchema(url, work) {
  const schema = `bench_${randomBytes(4).toString("hex")}`;
  const client = new Postgres({ connectionString: url });
  await client.connect();
  await client.query(`create schema ${schema}`);
  try {
    const own = new URL(url);
    own.searchParams.set("options", `-c search_path=${schema}`);
    return await work(own.href);
  } finally {
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  }
}

async function benchOn(database, databaseUrl) {
  const dataDir = await mkdtemp(join(tmpdir(), "ingot-bench-"));
  const program = fileURLToPath(new URL("serve.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, dataDir, databaseUrl ?? ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(child.stdout, "data");
    const target = await prepare(String(line).trim(), dataDir);
    const parts = [`### ${database}`, ""];
    for (const clients of clientCounts) parts.push(...(await measureBuilds(database, target, clients)));
    parts.push(...(await measureFinishes(database, target)));
    return parts.join("\n");
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function prepare(url, dataDir) {
  const bootstrap = JSON.parse(await readFile(join(dataDir, "bootstrap.json"), "utf8"));
  const ca = await readFile(bootstrap.ca_file, "utf8");
  const { client_id: id, client_secret: secret } = bootstrap.service_principal;
  const client = new Client(url, { connect: { ca } });
  const answer = await client.request({
    method: "POST",
    path: "/oauth2/token",
    headers: {
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials&audience=https%3A%2F%2Fapi.hashicorp.cloud",
  });
  const { access_token: token } = await answer.body.json();
  await client.close();
  const base = `/packer/2023-01-01/organizations/${bootstrap.organization.id}/projects/${bootstrap.project.id}`;
  return { url, ca, token, base };
}

/** One client with one connection, as a Packer process has; notes how long each call takes. */
function connect(target, times) {
  const connection = new Client(target.url, { connect: { ca: target.ca } });
  return {
    close: () => connection.close(),
    async call(name, method, path, body, expected = 200) {
      const start = performance.now();
      const answer = await connection.request({
        method,
        path: target.base + path,
        headers: { authorization: `Bearer ${target.token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = await answer.body.json();
      if (answer.statusCode !== expected) throw new Error(`${name}: ${answer.statusCode} ${JSON.stringify(json)}`);
      note(times, name, performance.now() - start);
      return json;
    },
  };
}

function note(times, name, milliseconds) {
  const known = times?.get(name);
  if (known === undefined) times?.set(name, [milliseconds]);
  else known.push(milliseconds);
}

async function measureBuilds(database, target, clients) {
  const times = new Map();
  const until = performance.now() + secondsPerRun * 1000;
  const start = performance.now();
  const counts = await Promise.all(
    Array.from({ length: clients }, (_, i) => buildUntil(target, times, `c${clients}-${i}`, until)),
  );
  const seconds = (performance.now() - start) / 1000;
  const rate = (counts.reduce((a, b) => a + b, 0) / seconds).toFixed(1);
  console.log(`${database}, ${clients} clients: ${rate} builds/s`);
  const rows = [...times].map(([name, values]) => `| ${name} | ${values.length} | ${percentiles(values)} |`);
  return [
    `**${clients} ${clients === 1 ? "client" : "clients"}: ${rate} builds/s**`,
    "",
    "| call | number | p50 | p95 | p99 |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
  ];
}

async function buildUntil(target, times, name, until) {
  const client = connect(target, times);
  const bucket = `/buckets/bench-${name}`;
  await client.call("CreateBucket", "PUT", "/buckets", { name: `bench-${name}`, description: "bench", labels: {} });
  let builds = 0;
  while (performance.now() < until) {
    const version = `${bucket}/versions/f${builds}`;
    await client.call("GetBucket", "GET", bucket);
    await client.call("GetVersion (unknown)", "GET", version, undefined, 409);
    await client.call("CreateVersion", "POST", `${bucket}/versions`, {
      fingerprint: `f${builds}`,
      template_type: "HCL2",
    });
    await client.call("ListBuilds", "GET", `${version}/builds`);
    const { build } = await client.call("CreateBuild", "POST", `${version}/builds`, newBuild("null.bench"));
    await client.call("GetEnforcedBlocksByBucket", "GET", `/enforced_blocks/bucket/bench-${name}`);
    await client.call("UpdateBuild RUNNING", "PATCH", `${version}/builds/${build.id}`, running);
    await client.call("UpdateBuild RUNNING (beat)", "PATCH", `${version}/builds/${build.id}`, running);
    await client.call("UpdateBuild DONE", "PATCH", `${version}/builds/${build.id}`, done(`${name}-${builds}`));
    builds++;
  }
  await client.close();
  return builds;
}

const run = { packer_run_uuid: "00000000-0000-4000-8000-000000000000" };
const running = { ...run, status: "BUILD_RUNNING", artifacts: null };
const newBuild = (component) => ({ ...run, component_type: component, status: "BUILD_UNSET", artifacts: null });
const done = (id) => ({
  ...run,
  status: "BUILD_DONE",
  platform: "aws",
  labels: { git_sha: "0123456789abcdef", os: "debian" },
  artifacts: [
    { external_identifier: `ami-${id}`, region: "us-east-1" },
    { external_identifier: `ami-${id}`, region: "eu-west-1" },
  ],
  metadata: { packer: { version: "1.16.0", plugins: null, options: { only: [] } }, vcs: { type: "git", details: {} } },
});

async function measureFinishes(database, target) {
  const clients = Array.from({ length: components }, () => connect(target));
  const [first] = clients;
  const bucket = "/buckets/bench-finish";
  await first.call("CreateBucket", "PUT", "/buckets", { name: "bench-finish" });
  const times = [];
  let stuck = 0;
  for (let round = 1; round <= finishRounds; round++) {
    const version = `${bucket}/versions/r${round}`;
    await first.call("CreateVersion", "POST", `${bucket}/versions`, { fingerprint: `r${round}` });
    const builds = await Promise.all(
      clients.map((client, i) => client.call("CreateBuild", "POST", `${version}/builds`, newBuild(`null.${i}`))),
    );
    const start = performance.now();
    await Promise.all(
      clients.map((client, i) =>
        client.call("UpdateBuild", "PATCH", `${version}/builds/${builds[i].build.id}`, done(`${round}-${i}`)),
      ),
    );
    times.push(performance.now() - start);
    const { version: complete } = await first.call("GetVersion", "GET", version);
    if (complete.name !== `v${round}`) stuck++;
  }
  await Promise.all(clients.map((client) => client.close()));
  if (stuck > 0) throw new Error(`${database}: ${stuck} of ${finishRounds} versions were left with a wrong name.`);
  console.log(`${database}, ${components} components at once, ${finishRounds} times: no version stayed at v0`);
  const [p50, p95, p99] = percentiles(times).split(" | ");
  return [
    `**${components} components of one version finish at once, ${finishRounds} times:** no version stayed at \`v0\`, and`,
    `all were numbered without a gap. From the first request to the last answer: p50 ${p50}, p95 ${p95}, p99 ${p99}.`,
    "",
  ];
}

function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.5, 0.95, 0.99]
    .map((p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))].toFixed(1))
    .join(" | ");
}
