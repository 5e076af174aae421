// A PostgreSQL of its own on a free loopback port, in a directory that goes with it. Needs initdb and pg_ctl: on PATH, or
// where Debian puts them.
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The directory with PostgreSQL's programs; undefined when this machine has none. */
export function findPostgres() {
  for (const directory of (process.env.PATH ?? "").split(":")) {
    if (existsSync(join(directory, "initdb")) && existsSync(join(directory, "pg_ctl"))) return directory;
  }
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((v) => join(debian, v, "bin")).find((d) => existsSync(join(d, "initdb")));
}

/** Makes the cluster, and starts it. `kill` ends its first process without a word; `start` brings it back. */
export async function startPostgres(binaries) {
  const directory = mkdtempSync(join(tmpdir(), "ingot-postgres-"));
  // PostgreSQL refuses to run as root; Debian's package makes this user.
  let identity = {};
  if (userInfo().uid === 0) {
    const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    identity = { uid: id("-u"), gid: id("-g") };
    chownSync(directory, identity.uid, identity.gid);
  }
  const data = join(directory, "data");
  const run = (program, args) =>
    execFileSync(join(binaries, program), args, {
      ...identity,
      cwd: directory,
      stdio: ["ignore", "ignore", "inherit"],
    });
  const port = await freePort();
  run("initdb", ["-D", data, "-U", "ingot", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  const options = `-c listen_addresses=127.0.0.1 -p ${port} -c unix_socket_directories=${directory} -c max_connections=300`;
  const start = ["-D", data, "-w", "-l", join(directory, "log"), "-o", options, "start"];
  run("pg_ctl", start);
  return {
    url: `postgres://ingot@127.0.0.1:${port}/postgres`,
    async kill() {
      const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
      process.kill(pid, "SIGKILL");
      while (isAlive(pid)) await pause();
    },
    async start() {
      // What the killed one had started holds its memory for a moment longer, and until then it cannot be started again.
      for (let left = 100; ; left--) {
        try {
          return void run("pg_ctl", start);
        } catch (error) {
          if (left === 0) throw error;
          await pause();
        }
      }
    },
    async close() {
      try {
        run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
      } catch {
        // It was killed and never started again.
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return error.code === "EPERM";
  }
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
