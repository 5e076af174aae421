// Load: so many clients, each with one connection and one request at a time, as Packer and Terraform are.

/** A request below the project of the server; the answer's JSON. Anything but the expected status is a failure. */
export function createClient(server) {
  const connection = server.connect();
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
  return {
    close: () => connection.close(),
    async call(method, path, body, expected = 200) {
      const answer = await connection.request({
        method,
        path: server.projectPath + path,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== expected) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return JSON.parse(text);
    },
    /** Without reading what comes: a load that parses answers measures itself. */
    async send(request) {
      const answer = await connection.request({ headers, method: "GET", ...request });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`${request.path}: ${answer.statusCode}`);
    },
  };
}

/**
 * Repeats `work(client, turn)` on so many clients for some seconds. `turn` counts over all clients. Returns the rate, the
 * times in milliseconds, and what one turn cost the server in statements and in CPU time.
 */
export async function runLoad(server, { clients: count, seconds, work }) {
  const clients = Array.from({ length: count }, () => createClient(server));
  const times = [];
  let turn = 0;
  async function repeat(client, until, into) {
    while (performance.now() < until) {
      const start = performance.now();
      await work(client, turn++);
      into?.push(performance.now() - start);
    }
  }
  // Connections are made and code is compiled before anything counts.
  const warm = performance.now() + Math.min(500, seconds * 250);
  await Promise.all(clients.map((client) => repeat(client, warm)));
  const before = await server.ask("usage");
  const start = performance.now();
  await Promise.all(clients.map((client) => repeat(client, start + seconds * 1000, times)));
  const elapsed = (performance.now() - start) / 1000;
  const after = await server.ask("usage");
  await Promise.all(clients.map((client) => client.close()));
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    rate: times.length / elapsed,
    ...percentiles(times),
    statements: (after.statements - before.statements) / times.length,
    cpuMicros: cpu / times.length,
    rssMiB: after.rssBytes / 2 ** 20,
  };
}

export function percentiles(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
