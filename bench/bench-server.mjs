// Starts a server for a benchmark as a child process, and asks it about itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "undici";

/** `databaseUrl` undefined: SQLite in a directory that is removed by `stop`. */
export async function startBenchServer({ databaseUrl, plainHttp = false, nodeOptions = [] } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "ingot-bench-"));
  const port = await freePort();
  const program = fileURLToPath(new URL("serve.mjs", import.meta.url));
  const settings = JSON.stringify({ dataDir, databaseUrl, plainHttp, port });
  const child = spawn(process.execPath, [...nodeOptions, program, settings], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map();
  let asked = 0;
  await new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error("The server of the benchmark did not start.")));
    child.on("message", (message) => (message.ready ? resolve() : waiting.get(message.id)?.(message.answer)));
  });
  const bootstrap = JSON.parse(await readFile(join(dataDir, "bootstrap.json"), "utf8"));
  const ca = plainHttp ? undefined : await readFile(bootstrap.ca_file, "utf8");
  const server = {
    url: `${plainHttp ? "http" : "https"}://127.0.0.1:${port}`,
    projectPath: `/packer/2023-01-01/organizations/${bootstrap.organization.id}/projects/${bootstrap.project.id}`,
    connect: () => new Client(server.url, { connect: { ca } }),
    ask(question, input) {
      const id = ++asked;
      child.send({ id, ask: question, with: input });
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  server.tokenRequest = tokenRequest(bootstrap.service_principal);
  server.token = await mintToken(server);
  server.adminToken = bootstrap.admin.token;
  return server;
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function tokenRequest({ client_id: id, client_secret: secret }) {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64");
  return {
    method: "POST",
    path: "/oauth2/token",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials&audience=https%3A%2F%2Fapi.hashicorp.cloud",
  };
}

async function mintToken(server) {
  const client = server.connect();
  const answer = await client.request(server.tokenRequest);
  const { access_token: token } = await answer.body.json();
  await client.close();
  return token;
}
