import { mkdir, readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { buildApp } from "./app.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { holdSqliteFile, openDatabase, type Db, type Statement } from "./db/database.ts";
import { migrateToLatest } from "./db/migrate.ts";
import { openJournals } from "./features/audit/index.ts";
import { createRunnerToken } from "./features/principals/index.ts";
import { bootstrapInstallation } from "./installation/bootstrap.ts";
import { loadDataKey, loadMasterKey } from "./installation/master-key.ts";
import { loadServerTls } from "./installation/server-certificate.ts";
import { createJobWorker } from "./jobs/index.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import { createDirectoryBlobStore } from "./platform/blobs/directory-blob-store.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import { createMailer, type Mailer } from "./platform/mailer.ts";
import { createMetrics, listenForMetrics } from "./platform/metrics.ts";
import { createOutboundClient } from "./platform/outbound/index.ts";
import { createPageSigner } from "./platform/page-signer.ts";
import { createUrlSigner } from "./platform/url-signer.ts";
import { findConsole } from "./wire/console/serve-console.ts";
import { wire } from "./wiring.ts";

export interface RunningServer {
  /** How clients reach it, without a trailing slash. */
  readonly url: string;
  readonly caFile: string | undefined;
  readonly bootstrapFile: { readonly path: string; readonly written: boolean };
  readonly organizationId: string;
  readonly projectId: string;
  /** For tests and tools in the same process. */
  readonly db: Db;
  /** Runs all that is due: jobs and upkeep. For tests, which do not wait for timers. */
  settle(): Promise<void>;
  /** Open connections, for tests of an orderly stop. */
  countConnections(): Promise<number>;
  /** A credential for the runner on this machine; the one before it ends. */
  createLocalRunnerToken(): Promise<string>;
  /** Lets requests and jobs in progress finish, then closes everything. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly logger: Logger;
  /** Default: the real time. */
  readonly now?: Clock;
  /** Hears of every statement that is sent to the database: for tests and measurements. */
  readonly onStatement?: (statement: Statement) => void;
  /** Default true; tests that settle by hand switch the timers off. */
  readonly timers?: boolean;
}

// How many receivers of notifications may keep this replica waiting at the same time, and for how long each.
const waitingWorkers = 4;
const outboundTimeoutMs = 10_000;

/** Starts the control plane: everything that `ingot serve` does except its runner. Resolves once it listens. */
export async function startServer(config: ServerConfig, options: ServerOptions): Promise<RunningServer> {
  const now = options.now ?? Date.now;
  const { logger } = options;
  await mkdir(config["data-dir"], { recursive: true, mode: 0o700 });
  const masterKey = await loadMasterKey(config);
  const tls = await loadServerTls(config, now);
  const outboundCaFile = config["outbound-ca-file"];
  const outboundCa = outboundCaFile === undefined ? undefined : await readFile(outboundCaFile, "utf8");
  const settings = databaseSettings(config);
  const release = settings.kind === "sqlite" ? holdSqliteFile(settings.file) : () => {};
  const db = openDatabase(settings, options);
  const journals = await openJournals(join(config["data-dir"], "audit-journal")).catch(async (error: unknown) => {
    await db.destroy();
    release();
    throw error;
  });
  const outbound = createOutboundClient({
    allowPrivate: config["outbound-allow"],
    timeoutMs: outboundTimeoutMs,
    ...(outboundCa === undefined ? {} : { ca: outboundCa }),
  });
  try {
    await migrateToLatest(db);
    const sealer = await loadDataKey(db, masterKey, now());
    let url = config["public-url"] ?? "";

    const metrics = createMetrics(() => countJobs(db));
    const parts = wire({
      db,
      blobs: await openBlobStore(config),
      sealer,
      signer: createUrlSigner(masterKey, now),
      pageSigner: createPageSigner(masterKey),
      now,
      logger,
      config,
      outbound,
      mailer: openMailer(config),
      publicUrl: () => url,
      auditJournals: journals,
      wakeJobs: () => {
        for (const one of workers) one.wake();
      },
    });
    const holder = `${hostname()}:${process.pid}`;
    const workers = [
      createJobWorker({ db, now, logger, holder, handlers: parts.jobHandlers }),
      createJobWorker({ db, now, logger, holder, handlers: parts.longJobHandlers ?? {} }),
      ...Array.from({ length: waitingWorkers }, () =>
        createJobWorker({ db, now, logger, holder, handlers: parts.waitingJobHandlers ?? {} }),
      ),
    ];
    const app = await buildApp({
      planes: parts.planes,
      audit: parts.audit.hook,
      logger,
      tls,
      consoleDirectory: findConsole(),
      checkReady: async () => void (await sql`select 1`.execute(db)),
      onResponse: (route, method, status, seconds) => metrics.observeRequest(route, method, status, seconds),
    });

    await parts.audit.start();
    const { host, port } = splitHostPort(config.listen);
    await app.listen({ host, port });
    if (url === "") url = ownUrl(config, host, (app.server.address() as AddressInfo).port);
    const metricsServer =
      config["metrics-listen"] === "off"
        ? undefined
        : await listenForMetrics(
            metrics.registry,
            splitHostPort(config["metrics-listen"]).host,
            splitHostPort(config["metrics-listen"]).port,
          );

    const bootstrap = await bootstrapInstallation({ db, now, config, url, caFile: tls?.caFile });
    const timers: NodeJS.Timeout[] = [];
    if (options.timers !== false) {
      for (const worker of workers) worker.start();
      for (const sweep of parts.sweeps) timers.push(startSweep(sweep, logger));
    }

    return {
      url,
      caFile: tls?.caFile,
      bootstrapFile: { path: bootstrap.file, written: bootstrap.written },
      organizationId: bootstrap.organizationId,
      projectId: bootstrap.projectId,
      db,
      async settle() {
        for (const sweep of parts.sweeps) await sweep.run();
        for (const worker of workers) await worker.drain();
      },
      countConnections: () =>
        new Promise((resolve, reject) =>
          app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
        ),
      createLocalRunnerToken: () =>
        createRunnerToken(
          { db, now },
          { organizationId: bootstrap.organizationId, name: `local:${hostname()}`, serverWide: true },
        ),
      async close() {
        for (const timer of timers) clearInterval(timer);
        await app.close();
        await Promise.all(workers.map((worker) => worker.stop()));
        await parts.audit.close();
        await outbound.close();
        metricsServer?.close();
        await db.destroy();
        release();
      },
    };
  } catch (error) {
    await db.destroy();
    release();
    throw error;
  }
}

/** Repeats a sweep, never two of the same at once; a failure is logged and the next turn tries again. */
function startSweep(sweep: { name: string; everyMs: number; run(): Promise<void> }, logger: Logger): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    sweep
      .run()
      .catch((error: unknown) => logger.error({ err: error, sweep: sweep.name }, "upkeep failed"))
      .finally(() => {
        busy = false;
      });
  }, sweep.everyMs).unref();
}

function openMailer(config: ServerConfig): Mailer | undefined {
  const { "smtp-url": smtpUrl, "mail-from": from } = config;
  return smtpUrl === undefined || from === undefined ? undefined : createMailer({ smtpUrl, from });
}

function databaseSettings(config: ServerConfig): Parameters<typeof openDatabase>[0] {
  const url = config["database-url"];
  if (url === undefined) return { kind: "sqlite", file: join(config["data-dir"], "ingot.db") };
  if (url.startsWith("sqlite:")) return { kind: "sqlite", file: url.slice("sqlite:".length) };
  return { kind: "postgres", url, connectionsMax: config["database-connections-max"] };
}

async function openBlobStore(config: ServerConfig): Promise<BlobStore> {
  const text = config["blob-url"];
  if (text === undefined) return createDirectoryBlobStore(join(config["data-dir"], "blobs"));
  const { createS3BlobStore } = await import("./platform/blobs/s3-blob-store.ts");
  const url = new URL(text);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, "");
  const endpoint = url.searchParams.get("endpoint");
  const region = url.searchParams.get("region");
  return createS3BlobStore({
    bucket: url.hostname,
    ...(prefix === "" ? {} : { prefix }),
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    forcePathStyle: url.searchParams.get("path-style") === "true",
  });
}

async function countJobs(db: Db): Promise<{ kind: string; state: string; count: number }[]> {
  const rows = await db
    .selectFrom("jobs")
    .select(["kind", "state", (e) => e.fn.countAll().as("count")])
    .groupBy(["kind", "state"])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

function splitHostPort(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
}

/** The address in the certificate rather than the one listened on: 0.0.0.0 is nobody's name. */
function ownUrl(config: ServerConfig, host: string, port: number): string {
  const names = config["host-names"];
  const name = names.includes(host) ? host : (names[0] ?? host);
  const scheme = config["plain-http"] ? "http" : "https";
  return `${scheme}://${name.includes(":") ? `[${name}]` : name}${port === 443 ? "" : `:${port}`}`;
}
