// Starts a PostgreSQL of its own on a free loopback port, runs a command with INGOT_TEST_POSTGRES_URL, and ends both.
// Needs initdb and pg_ctl: on PATH, or where Debian puts them.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

function findBinaries() {
  for (const directory of (process.env.PATH ?? "").split(":")) {
    if (existsSync(join(directory, "initdb")) && existsSync(join(directory, "pg_ctl"))) return directory;
  }
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((v) => join(debian, v, "bin")).find((d) => existsSync(join(d, "initdb")));
  if (found !== undefined) return found;
  console.error(
    "PostgreSQL was not found. Install it (Debian: apt-get install postgresql), or put initdb and pg_ctl on PATH.",
  );
  process.exit(2);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const binaries = findBinaries();
const directory = mkdtempSync(join(tmpdir(), "ingot-postgres-"));
// PostgreSQL refuses to run as root; Debian's package makes this user.
const asRoot = userInfo().uid === 0;
let identity = {};
if (asRoot) {
  const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  identity = { uid: id("-u"), gid: id("-g") };
  chownSync(directory, identity.uid, identity.gid);
}
const data = join(directory, "data");
const run = (program, args) =>
  execFileSync(join(binaries, program), args, { ...identity, cwd: directory, stdio: ["ignore", "ignore", "inherit"] });

const port = await freePort();
run("initdb", ["-D", data, "-U", "ingot", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
const options = `-c listen_addresses=127.0.0.1 -p ${port} -c unix_socket_directories=${directory} -c max_connections=300`;
run("pg_ctl", ["-D", data, "-w", "-l", join(directory, "log"), "-o", options, "start"]);

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: "inherit",
  env: { ...process.env, INGOT_TEST_POSTGRES_URL: `postgres://ingot@127.0.0.1:${port}/postgres` },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
  rmSync(directory, { recursive: true, force: true });
  process.exit(code ?? (signal === null ? 1 : 128));
});
