import { createServer, type Server } from "node:http";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  observeRequest(route: string, method: string, status: number, seconds: number): void;
}

/** The process's metrics. `countJobs` is asked at each scrape. */
export function createMetrics(
  countJobs: () => Promise<readonly { kind: string; state: string; count: number }[]>,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "ingot_http_request_duration_seconds",
    help: "Time to answer a request, by route pattern.",
    labelNames: ["route", "method", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  const jobs = new Gauge({
    name: "ingot_jobs",
    help: "Unfinished and failed jobs, by kind and state.",
    labelNames: ["kind", "state"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const row of await countJobs()) this.set({ kind: row.kind, state: row.state }, row.count);
    },
  });
  void jobs;
  const failures = new Counter({
    name: "ingot_http_failures_total",
    help: "Requests that the server failed to answer (5xx).",
    registers: [registry],
  });
  return {
    registry,
    observeRequest(route, method, status, seconds) {
      requests.observe({ route, method, status: String(status) }, seconds);
      if (status >= 500) failures.inc();
    },
  };
}

/** Serves `/metrics` on a listener of its own, so that it is never reachable where the API is. */
export async function listenForMetrics(registry: Registry, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}
