// Starts a PostgreSQL of its own, runs a command with INGOT_TEST_POSTGRES_URL, and ends both.
import { spawn } from "node:child_process";
import { findPostgres, startPostgres } from "./postgres-cluster.mjs";

const binaries = findPostgres();
if (binaries === undefined) {
  console.error(
    "PostgreSQL was not found. Install it (Debian: apt-get install postgresql), or put initdb and pg_ctl on PATH.",
  );
  process.exit(2);
}
const cluster = await startPostgres(binaries);
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: "inherit",
  env: { ...process.env, INGOT_TEST_POSTGRES_URL: cluster.url },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", async (code, signal) => {
  await cluster.close();
  process.exit(code ?? (signal === null ? 1 : 128));
});
