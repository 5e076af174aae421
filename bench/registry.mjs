// The registry under its clients: reads while it grows from a hundred buckets to ten thousand, the calls of
// `packer build` in their order, heartbeats, tokens, and components that finish at the same moment.
import { startBenchServer } from "./bench-server.mjs";
import { createClient, percentiles, runLoad } from "./load.mjs";
import { onOwnSchema } from "./own-schema.mjs";
import { bucketName, fingerprintOf, versionsPerBucket } from "./seed-registry.mjs";

const seconds = 3;
const bucketCounts = [100, 1_000, 10_000];
const finishRounds = 200;
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
    `Server and load are two processes on the same machine; each row lasts ${seconds} s after a warm-up, each client has one`,
    "connection and one request at a time. Times are in milliseconds, as the client sees them. *Statements* are those of a",
    "request with the two that find out who is calling. *CPU* is what a request costs the server process, which rates on a",
    "busy machine do not show.",
    "",
    ...sections,
  ].join("\n");
}

async function benchOn(database, databaseUrl) {
  const server = await startBenchServer({ databaseUrl });
  try {
    const rows = [];
    let seeded = 0;
    for (const buckets of bucketCounts) {
      await server.ask("seed", { from: seeded + 1, to: buckets });
      seeded = buckets;
      for (const read of readsOf(server, buckets)) rows.push(await measure(server, database, buckets, read));
    }
    for (const write of writesOf(server)) rows.push(await measure(server, database, seeded, write));
    const finishes = await measureFinishes(database, server);
    const plain = databaseUrl === undefined ? await measurePlain(database) : [];
    return [`### ${database}`, "", ...tableHead, ...rows.map(tableRow), ...plain.map(tableRow), "", ...finishes].join(
      "\n",
    );
  } finally {
    await server.stop();
  }
}

/** What the same costs without TLS, for installations behind a proxy. */
async function measurePlain(database) {
  const server = await startBenchServer({ plainHttp: true });
  try {
    await server.ask("seed", { from: 1, to: 100 });
    const [getVersion] = readsOf(server, 100);
    return [await measure(server, database, 100, { ...getVersion, name: `${getVersion.name}, plain HTTP` })];
  } finally {
    await server.stop();
  }
}

/** Spread over all buckets and versions, so that no page of the database is always the same one. */
function readsOf(server, buckets) {
  const bucket = (turn) => `${server.projectPath}/buckets/${bucketName(1 + ((turn * 7919) % buckets))}`;
  const version = (turn) => `${bucket(turn)}/versions/${fingerprintOf(1 + (turn % versionsPerBucket))}`;
  const read = (name, path) => ({ name, clients: 8, work: (client, turn) => client.send({ path: path(turn) }) });
  return [
    read("GetVersion", version),
    read("GetChannel", (turn) => `${bucket(turn)}/channels/production`),
    read("GetBucket", bucket),
    read("ListBuckets (100)", () => `${server.projectPath}/buckets?pagination.page_size=100`),
    read("ListVersions (50)", (turn) => `${bucket(turn)}/versions`),
    read("ListBucketAncestry", (turn) => `${bucket(turn)}/ancestry`),
  ];
}

let writers = 0;

function writesOf(server) {
  const beating = new Map();
  return [
    { name: "token", clients: 8, work: (client) => client.send(server.tokenRequest) },
    {
      name: "heartbeat",
      clients: 64,
      async work(client) {
        if (!beating.has(client)) beating.set(client, await openBuild(client, `beating-${++writers}`));
        await client.call("PATCH", beating.get(client), running);
      },
    },
    ...[1, 8, 32].map((clients) => ({
      name: "packer build (9 calls)",
      clients,
      async work(client) {
        await packerBuild(client, `built-${++writers}`);
      },
    })),
  ];
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

async function openBuild(client, name) {
  await client.call("PUT", "/buckets", { name });
  await client.call("POST", `/buckets/${name}/versions`, { fingerprint: "f" });
  const builds = `/buckets/${name}/versions/f/builds`;
  const { build } = await client.call("POST", builds, newBuild("null.bench"));
  await client.call("PATCH", `${builds}/${build.id}`, running);
  return `${builds}/${build.id}`;
}

/** What Packer calls for one component, in its order; with its heartbeat and without the token. */
async function packerBuild(client, name) {
  const version = `/buckets/${name}/versions/f`;
  await client.call("GET", `/buckets/${name}`, undefined, 404);
  await client.call("PUT", "/buckets", { name, description: "bench", labels: {} });
  await client.call("GET", version, undefined, 409);
  await client.call("POST", `/buckets/${name}/versions`, { fingerprint: "f", template_type: "HCL2" });
  await client.call("GET", `${version}/builds`);
  const { build } = await client.call("POST", `${version}/builds`, newBuild("null.bench"));
  await client.call("GET", `/enforced_blocks/bucket/${name}`);
  await client.call("PATCH", `${version}/builds/${build.id}`, running);
  await client.call("PATCH", `${version}/builds/${build.id}`, done(name));
}

async function measure(server, database, buckets, { name, clients, work }) {
  const result = await runLoad(server, { clients, seconds, work });
  console.log(
    `${database}, ${buckets} buckets, ${name}, ${clients} clients: ${result.rate.toFixed(0)}/s, p95 ${result.p95.toFixed(1)} ms`,
  );
  return { name, buckets, clients, ...result };
}

const tableHead = [
  "| what | buckets | clients | per second | p50 | p95 | p99 | statements | CPU, µs | RSS, MiB |",
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
];

function tableRow({ name, buckets, clients, rate, p50, p95, p99, statements, cpuMicros, rssMiB }) {
  const times = [p50, p95, p99].map((time) => time.toFixed(1)).join(" | ");
  const cost = [statements.toFixed(1), cpuMicros.toFixed(0), rssMiB.toFixed(0)].join(" | ");
  return `| ${name} | ${buckets} | ${clients} | ${rate.toFixed(0)} | ${times} | ${cost} |`;
}

async function measureFinishes(database, server) {
  const clients = Array.from({ length: components }, () => createClient(server));
  const [first] = clients;
  const bucket = "/buckets/bench-finish";
  await first.call("PUT", "/buckets", { name: "bench-finish" });
  const times = [];
  let wrong = 0;
  for (let round = 1; round <= finishRounds; round++) {
    const version = `${bucket}/versions/r${round}`;
    await first.call("POST", `${bucket}/versions`, { fingerprint: `r${round}` });
    const builds = await Promise.all(
      clients.map((client, i) => client.call("POST", `${version}/builds`, newBuild(`null.${i}`))),
    );
    const start = performance.now();
    await Promise.all(
      clients.map((client, i) =>
        client.call("PATCH", `${version}/builds/${builds[i].build.id}`, done(`${round}-${i}`)),
      ),
    );
    times.push(performance.now() - start);
    const { version: complete } = await first.call("GET", version);
    if (complete.name !== `v${round}`) wrong++;
  }
  await Promise.all(clients.map((client) => client.close()));
  if (wrong > 0) throw new Error(`${database}: ${wrong} of ${finishRounds} versions were left with a wrong name.`);
  const { p50, p95, p99 } = percentiles(times);
  return [
    `${components} components of one version finish at once, ${finishRounds} times: no version stayed at \`v0\`, and all were`,
    `numbered without a gap. From the first request to the last answer: p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)} ms.`,
    "",
  ];
}
