// Reading runs while they grow from a thousand to a hundred thousand, half of them in one workspace.
import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { startBenchServer } from "./bench-server.mjs";
import { createClient, percentiles } from "./load.mjs";
import { onOwnSchema } from "./own-schema.mjs";
import { runId } from "./seed-runs.mjs";

const runCounts = [1_000, 10_000, 100_000];
const requests = 200;

/** Runs the benchmark on every database at hand and returns its section of the report. */
export async function benchRuns() {
  const sections = [await benchOn("SQLite", undefined)];
  const postgres = process.env.INGOT_TEST_POSTGRES_URL;
  if (postgres === undefined) {
    console.log("PostgreSQL: left out, since INGOT_TEST_POSTGRES_URL is not set.");
    sections.push("### PostgreSQL\n\nNot measured: `INGOT_TEST_POSTGRES_URL` was not set.\n");
  } else {
    sections.push(await onOwnSchema(postgres, (url) => benchOn("PostgreSQL", url)));
  }
  return [
    `One client, one request at a time, ${requests} of each after a warm-up; times in milliseconds, as the client sees them.`,
    "Half of the runs are in the workspace that is asked about. Pages have 20 runs. The aim is 15 ms at p95.",
    "",
    ...sections,
  ].join("\n");
}

async function benchOn(database, databaseUrl) {
  const server = await startBenchServer({ databaseUrl });
  const client = createClient(server);
  try {
    const like = await makeRun(server);
    const rows = [];
    let seeded = 0;
    for (const runs of runCounts) {
      await server.ask("seed-runs", { like: like.run, from: seeded + 1, to: runs });
      seeded = runs;
      for (const read of readsOf(like, runs)) rows.push({ runs, ...read, ...(await measure(server, client, read)) });
      console.log(`${database}: ${runs} runs`);
    }
    return [
      `### ${database}`,
      "",
      "| what | runs | p50 | p95 | p99 | statements |",
      "| --- | ---: | ---: | ---: | ---: | ---: |",
      ...rows.map((row) =>
        [
          "",
          row.name,
          row.runs.toLocaleString("en"),
          row.p50.toFixed(1),
          row.p95.toFixed(1),
          row.p99.toFixed(1),
          row.statements.toFixed(1),
          "",
        ]
          .join(" | ")
          .trim(),
      ),
      "",
    ].join("\n");
  } finally {
    await client.close();
    await server.stop();
  }
}

function readsOf({ workspace, organization }, runs) {
  const some = () => 1 + Math.floor(Math.random() * runs);
  const ofWorkspace = `/api/v2/workspaces/${workspace}/runs`;
  const middle = Math.max(1, Math.floor(runs / 2 / 20 / 2));
  return [
    { name: "a run", path: () => `/api/v2/runs/${runId(some())}` },
    { name: "first page of a workspace", path: () => ofWorkspace },
    { name: "page in the middle", path: () => `${ofWorkspace}?page%5Bnumber%5D=${middle}` },
    { name: "those of a status", path: () => `${ofWorkspace}?filter%5Bstatus%5D=errored` },
    { name: "those that are over", path: () => `${ofWorkspace}?filter%5Bstatus_group%5D=final` },
    { name: "first page of the organization", path: () => `/api/v2/organizations/${organization}/runs` },
    { name: "the queue", path: () => `/api/v2/organizations/${organization}/runs/queue` },
  ];
}

async function measure(server, client, { path }) {
  const headers = { authorization: `Bearer ${server.adminToken}` };
  const times = [];
  for (let i = 0; i < 20; i++) await client.send({ path: path(), headers });
  const before = await server.ask("usage");
  for (let i = 0; i < requests; i++) {
    const start = performance.now();
    await client.send({ path: path(), headers });
    times.push(performance.now() - start);
  }
  const after = await server.ask("usage");
  return { ...percentiles(times), statements: (after.statements - before.statements) / requests };
}

/** A workspace with one run that has ended, as the API makes them. */
async function makeRun(server) {
  const connection = server.connect();
  const headers = { authorization: `Bearer ${server.adminToken}`, "content-type": "application/vnd.api+json" };
  async function call(method, path, data) {
    const body = data && JSON.stringify({ data });
    const answer = await connection.request({ method, path: `/api/v2${path}`, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === "" ? undefined : JSON.parse(text)?.data;
  }
  const [organization] = await call("GET", "/organizations");
  const workspace = await call("POST", `/organizations/${organization.id}/workspaces`, {
    type: "workspaces",
    attributes: { name: `busy-${createHash("sha256").update(randomBytes(8)).digest("hex").slice(0, 8)}` },
  });
  const version = await call("POST", `/workspaces/${workspace.id}/configuration-versions`, {
    type: "configuration-versions",
    attributes: { "auto-queue-runs": false },
  });
  const upload = version.attributes["upload-url"];
  await connection.request({
    method: "PUT",
    path: upload.slice(new URL(upload).origin.length),
    headers: { "content-type": "application/octet-stream" },
    body: gzipSync(Buffer.alloc(1024)),
  });
  const run = await call("POST", "/runs", {
    type: "runs",
    attributes: {},
    relationships: { workspace: { data: { type: "workspaces", id: workspace.id } } },
  });
  await call("POST", `/runs/${run.id}/actions/cancel`);
  await connection.close();
  return { run: run.id, workspace: workspace.id, organization: organization.id };
}
