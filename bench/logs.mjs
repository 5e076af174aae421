// Logs: how many lines a second are stored as a runner sends them, what a reader's polling costs in a short log and in a
// long one, and how soon a line that was written is seen by somebody who follows the log.
import { setTimeout as sleep } from "node:timers/promises";
import { createLogShipper } from "../packages/runner/dist/work/log-shipper.js";
import { archiveOf } from "./archive.mjs";
import { startBenchServer } from "./bench-server.mjs";
import { percentiles } from "./load.mjs";

const line = `${"x".repeat(79)}\n`;
const ingestSeconds = 4;
const readRounds = 200;
const tailLines = 40;
// As go-tfe asks, and sleeps after an empty answer at least. Source: go-tfe logreader.go.
const readerSleepMs = 574;
const readBytes = 64 * 1024;

/** Runs the benchmark on SQLite and returns its section of the report. */
export async function benchLogs() {
  const server = await startBenchServer({});
  try {
    const runner = await server.ask("runner-token");
    const phases = [];
    for (const name of ["short", "long", "tail"]) phases.push(await startPlan(server, runner.token, name));
    const [short, long, tail] = phases;
    await send(short, 4000);
    const ingest = await measureIngest(long);
    const reads = [];
    for (const [name, phase] of [
      ["a log of 0.3 MB", short],
      [`a log of ${(ingest.bytes / 1e6).toFixed(0)} MB`, long],
    ]) {
      reads.push(await measureReads(server, name, phase));
    }
    const seen = percentiles(await measureTail(tail));
    return [
      `Lines of 80 bytes. *Ingest* is one phase, its log sent by the runner's own shipper; a reader asks for the last ${readBytes / 1024} KiB`,
      `${readRounds} times. *Tail* is from the moment an engine writes a line until a reader that does as the command lines do has it.`,
      "Aims: 50,000 lines a second; a read costs what it reads, however long the log; a line is seen within a second.",
      "",
      "| what | result |",
      "| --- | ---: |",
      `| ingest, lines a second | ${Math.round(ingest.rate)} |`,
      ...reads.map(
        ({ name, p50, p95, cpuMicros }) =>
          `| read of ${name}, ms p50 / p95, CPU µs | ${p50.toFixed(1)} / ${p95.toFixed(1)}, ${cpuMicros.toFixed(0)} |`,
      ),
      `| tail, ms p50 / p95 | ${seen.p50.toFixed(0)} / ${seen.p95.toFixed(0)} |`,
    ].join("\n");
  } finally {
    await server.stop();
  }
}

/** A run that a runner has claimed: where its log is written and read. */
async function startPlan(server, runnerToken, name) {
  const connection = server.connect();
  const call = async (method, path, body, token = server.adminToken, contentType = "application/vnd.api+json") => {
    const answer = await connection.request({
      method,
      path,
      headers: { authorization: `Bearer ${token}`, "content-type": contentType },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const workspace = await call("POST", "/api/v2/organizations/ingot/workspaces", {
    data: { type: "workspaces", attributes: { name: `bench-${name}` } },
  });
  const version = await call("POST", `/api/v2/workspaces/${workspace.data.id}/configuration-versions`, {
    data: { type: "configuration-versions", attributes: { "auto-queue-runs": false } },
  });
  const upload = new URL(version.data.attributes["upload-url"]).pathname;
  await call("PUT", upload, await archiveOf(""), server.adminToken, "application/octet-stream");
  const run = await call("POST", "/api/v2/runs", {
    data: {
      type: "runs",
      relationships: {
        workspace: { data: { type: "workspaces", id: workspace.data.id } },
        "configuration-version": { data: { type: "configuration-versions", id: version.data.id } },
      },
    },
  });
  const claim = { runner: "bench", engines: [{ name: "tofu", version: "1.6.2" }], wait_seconds: 5 };
  const { job } = await call("POST", "/api/runner/v1/jobs/claim", claim, runnerToken, "application/json");
  const plan = await call("GET", `/api/v2/plans/${run.data.relationships.plan.data.id}`);
  const readPath = new URL(plan.data.attributes["log-read-url"]).pathname;
  const shipper = createLogShipper({
    put: async (offset, bytes) => {
      const path = `${new URL(job.urls.log).pathname}?offset=${offset}`;
      const headers = { "content-type": "application/octet-stream" };
      const answer = await connection.request({ method: "PUT", path, headers, body: bytes });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`log: ${answer.statusCode}`);
    },
    onLost: (error) => {
      throw error;
    },
  });
  const reader = server.connect();
  return {
    shipper,
    written: 0,
    async read(offset, limit) {
      const answer = await reader.request({ method: "GET", path: `${readPath}?offset=${offset}&limit=${limit}` });
      return Buffer.from(await answer.body.arrayBuffer());
    },
  };
}

async function send(phase, lines) {
  const bytes = Buffer.from(line.repeat(lines));
  phase.written += bytes.length;
  await phase.shipper.write(bytes);
}

/** As an engine that prints as fast as it is listened to, and no more than a log may have. */
async function measureIngest(phase) {
  const start = performance.now();
  while (performance.now() - start < ingestSeconds * 1000 && phase.written < 60e6) await send(phase, 500);
  await phase.shipper.close();
  return { rate: phase.written / line.length / ((performance.now() - start) / 1000), bytes: phase.written };
}

async function measureReads(server, name, phase) {
  await phase.shipper.close();
  const from = Math.max(0, phase.written - readBytes);
  const times = [];
  const before = await server.ask("usage");
  for (let round = 0; round < readRounds; round++) {
    const start = performance.now();
    const bytes = await phase.read(from, readBytes);
    times.push(performance.now() - start);
    if (bytes.length !== readBytes) throw new Error(`read ${bytes.length} bytes of ${name}`);
  }
  const after = await server.ask("usage");
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return { name, ...percentiles(times), cpuMicros: cpu / readRounds };
}

/** Lines at irregular moments, each with its number; a reader that follows as the command lines do. */
async function measureTail(phase) {
  const writtenAt = [];
  const seenAt = [];
  let offset = 0;
  let text = "";
  const follow = async () => {
    while (seenAt.length < tailLines) {
      const bytes = await phase.read(offset, readBytes);
      offset += bytes.length;
      text += bytes.toString("latin1");
      while (seenAt.length < tailLines && text.includes(`line ${seenAt.length};`)) seenAt.push(performance.now());
      if (bytes.length === 0) await sleep(readerSleepMs);
    }
  };
  const following = follow();
  for (let number = 0; number < tailLines; number++) {
    await sleep(50 + ((number * 37) % 150));
    writtenAt.push(performance.now());
    void phase.shipper.write(Buffer.from(`line ${number};\n`));
  }
  await following;
  return seenAt.map((at, number) => at - writtenAt[number]);
}
