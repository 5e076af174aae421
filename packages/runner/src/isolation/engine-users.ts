import { chmod, chown, lchown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writableBy, type JobDirectory } from "../work/job-directory.ts";
import { describeProcess, isAlive } from "../work/process-identity.ts";
import type { Confinement, FoundIsolation, IsolationOptions } from "./confinement.ts";

// Of the machine, as its user ids are: what one runner takes for left-overs would be the engine of another. Only root may
// write there.
const claims = "/run/ingot-engine-users";

/**
 * Isolation by users: each job at a time has a user and a group id that nobody else has, so that it reads only what every
 * user of the machine may read. Works for a runner of root, whose directories lead others through but do not show
 * themselves.
 */
export async function findEngineUsers(options: IsolationOptions): Promise<FoundIsolation> {
  if (process.getuid?.() !== 0) return { missing: "Only a runner of root can give its jobs users of their own." };
  for (const path of [options.workDir, ...options.engines.map((engine) => engine.path), ...options.readable]) {
    const closed = await findClosed(resolve(path));
    if (closed === undefined) continue;
    return {
      missing: `Users of their own cannot reach ${path}: others may not pass ${closed}. Move it, or: chmod o+x ${closed}.`,
    };
  }
  // It holds the directories of other jobs, and of states that could not be sent.
  await chmod(options.workDir, 0o711);
  try {
    await mkdir(claims, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { missing: `Which user ids are taken cannot be noted in ${claims}: ${(error as Error).message}.` };
  }
  for (const name of await readdir(claims)) {
    const holder = await readFile(join(claims, name), "utf8").catch(() => "");
    // An empty one is being written at this moment.
    if (holder !== "" && !isAlive(holder)) await rm(join(claims, name), { force: true });
  }
  return {
    level: "users",
    async enter(directory) {
      const uid = await claimUser(options.firstUserId);
      return confineTo(uid, directory, () => rm(join(claims, String(uid)), { force: true }));
    },
  };
}

/** A user id that no living runner of this machine uses, and of which no process is left. */
async function claimUser(firstUserId: number): Promise<number> {
  for (let uid = firstUserId; ; uid++) {
    const file = join(claims, String(uid));
    try {
      await writeFile(file, describeProcess(process.pid), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    await endProcessesOf(uid);
    return uid;
  }
}

/** The directory on the way to a path that other users cannot pass; undefined when they can. */
async function findClosed(path: string): Promise<string | undefined> {
  for (let at = dirname(path); ; at = dirname(at)) {
    const info = await stat(at).catch(() => undefined);
    if (info !== undefined && (info.mode & 0o001) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}

function confineTo(uid: number, directory: JobDirectory, release: () => Promise<void>): Confinement {
  return {
    async handOver() {
      for (const path of writableBy(directory)) await giveTo(uid, path);
      for (const path of [directory.caBundle, directory.cliConfig]) await chmod(path, 0o644);
      // Its own group may pass, and nobody else.
      await chown(directory.root, 0, uid);
      await chmod(directory.root, 0o710);
    },
    confine: ({ path, args, cwd }) => ({
      command: "/bin/sh",
      // By itself: whoever starts it may not yet be the user who may enter.
      args: ["-c", 'cd "$0" && exec "$@"', cwd, path, ...args],
      cwd: undefined,
      uid,
    }),
    async leave() {
      await endProcessesOf(uid);
      await release();
    },
  };
}

/** Nothing of the engine has run yet: the tree is as the runner has made it, and no link in it is followed. */
async function giveTo(uid: number, path: string): Promise<void> {
  await lchown(path, uid, uid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await giveTo(uid, inner);
    else await lchown(inner, uid, uid);
  }
}

// Something that forks faster than it is ended would keep the runner busy for ever.
const roundsMax = 50;

async function endProcessesOf(uid: number): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    const left = await listProcessesOf(uid);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await sleep(20);
  }
}

async function listProcessesOf(uid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const info = await stat(`/proc/${name}`).catch(() => undefined);
    if (info?.uid !== uid) continue;
    // One that has ended and that nobody has asked about harms nobody. Source: proc(5), state Z.
    const text = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    if (!/\) [ZX] /.test(text)) found.push(Number(name));
  }
  return found;
}
