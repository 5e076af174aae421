// A server of its own for a benchmark: on loopback, in the directory and on the database that are given. Run by the
// benchmarks as a child, so that server and load share no event loop. Says where it listens, and answers questions about
// itself, by messages; ends on SIGTERM.
import { sql } from "kysely";
import { createLogger, resolveServerConfig, startServer } from "@ingot/server";
import { seedRegistry } from "./seed-registry.mjs";
import { seedRuns } from "./seed-runs.mjs";
import { seedWorkspaces } from "./seed-workspaces.mjs";

const { dataDir, databaseUrl, plainHttp, port } = JSON.parse(process.argv[2]);
const values = {
  "data-dir": dataDir,
  listen: `127.0.0.1:${port}`,
  // What is measured is how long a token takes, not how many one key may ask for.
  "tokens-per-minute-max": 1_000_000,
  ...(databaseUrl === undefined ? {} : { "database-url": databaseUrl }),
  ...(plainHttp ? { "plain-http": true, "public-url": "https://bench.invalid" } : {}),
};
const config = resolveServerConfig([{ nameOf: (key) => key, values }]);
let statements = 0;
const server = await startServer(config, { logger: createLogger("warn"), onStatement: () => statements++ });

const answers = {
  usage: () => ({ cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss(), statements }),
  "runner-token": async () => ({ token: await server.createLocalRunnerToken() }),
  seed: async (range) => {
    await seedRegistry(server.db, server.projectId, range);
    return {};
  },
  "seed-runs": async (wanted) => {
    await seedRuns(server.db, wanted);
    // PostgreSQL does this by itself within a minute; until then it would have to look at each row to count them.
    if (databaseUrl?.startsWith("postgres") === true) await sql`vacuum analyze runs`.execute(server.db);
    return {};
  },
  "seed-workspaces": async (wanted) => {
    await seedWorkspaces(server.db, wanted);
    return {};
  },
};
process.on("message", async ({ id, ask, with: input }) => {
  process.send({ id, answer: await answers[ask](input) });
});
process.on("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send({ ready: true });
