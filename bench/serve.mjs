// A server of its own for a benchmark: on loopback, with TLS, in the directory and on the database that are given.
// Prints its URL and ends on SIGTERM. Run by the benchmarks as a child, so that server and load share no event loop.
import { createLogger, resolveServerConfig, startServer } from "@ingot/server";

const [dataDir, databaseUrl] = process.argv.slice(2);
const values = { "data-dir": dataDir, listen: "127.0.0.1:0", ...(databaseUrl ? { "database-url": databaseUrl } : {}) };
const config = resolveServerConfig([{ nameOf: (key) => key, values }]);
const server = await startServer(config, { logger: createLogger("warn") });
process.stdout.write(`${server.url}\n`);
process.on("SIGTERM", () => void server.close().then(() => process.exit(0)));
