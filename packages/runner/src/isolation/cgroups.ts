import { readFileSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeProcess, isAlive } from "../work/process-identity.ts";
import type { ConfinedCommand, ResourceLimits } from "./confinement.ts";

/** What the kernel can limit for a run as a whole. */
export const controllers = ["memory", "pids", "cpu"] as const;
export type Controller = (typeof controllers)[number];

/** One job's group: whatever the job starts is in it, and cannot leave it. */
export interface JobCgroup {
  wrap(command: ConfinedCommand): ConfinedCommand;
  /** Ends every process in it and removes it. Resolves with how often the kernel has ended one for want of memory. */
  end(): Promise<{ readonly outOfMemory: number }>;
}

export interface Cgroups {
  /** Those of the limits that were asked for which it enforces. */
  readonly enforced: readonly Controller[];
  create(): Promise<JobCgroup>;
}

/** `auto`: below the runner's own group. Otherwise a directory that was made for runners, or `off`. */
export type CgroupWish = string;

/**
 * Groups of the unified hierarchy, one for each job, where the system lets this process make them: below its own group when
 * that was delegated to it, as systemd does by `Delegate=yes`. `missing` says why there are none. What runners that died
 * have left is ended and removed. Source: Linux, admin-guide/cgroup-v2.
 */
export async function findCgroups(options: {
  readonly wish: CgroupWish;
  readonly limits: ResourceLimits;
}): Promise<Cgroups | { readonly missing: string }> {
  const { wish, limits } = options;
  if (wish === "off") return { missing: "Control groups are switched off." };
  const base = wish === "auto" ? ownGroup() : wish;
  if (base === undefined) return { missing: "There is no hierarchy of cgroups v2 here." };
  const offered = await readFile(join(base, "cgroup.controllers"), "utf8").catch(() => undefined);
  if (offered === undefined) return { missing: `${base} is no group of cgroups v2.` };
  const isOurs = await access(join(base, "cgroup.procs"), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isOurs) return { missing: `The group ${base} is not delegated to this user.` };
  try {
    await removeLeftovers(base);
    const wanted = wantedBy(limits).filter((one) => offered.split(/\s+/).includes(one));
    const enforced = wanted.length === 0 ? [] : await enable(base, wanted);
    // One that comes and goes at once: a file system that cannot be written to is noticed here.
    await (await createGroup(base, {}, [])).end();
    return { enforced, create: () => createGroup(base, limits, enforced) };
  } catch (error) {
    return { missing: `No groups can be made in ${base}: ${(error as Error).message}` };
  }
}

/** This process's group in the unified hierarchy, as a directory. Source: cgroups(7), /proc/[pid]/cgroup. */
function ownGroup(): string | undefined {
  try {
    const own = /^0::(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const mount = mounts.find((line) => / - cgroup2 /.test(line))?.split(" ");
    const [root, point] = [mount?.[3], mount?.[4]];
    if (own === undefined || root === undefined || point === undefined) return undefined;
    const below = relative(root, own);
    return below.startsWith("..") ? undefined : join(point, below);
  } catch {
    return undefined;
  }
}

function wantedBy({ memoryBytesMax, processesMax, cpusMax }: ResourceLimits): Controller[] {
  const limits = { memory: memoryBytesMax, pids: processesMax, cpu: cpusMax };
  return controllers.filter((one) => limits[one] !== undefined);
}

const mainGroup = "ingot-main";

/**
 * Lets groups below this one have limits. A group with such children holds no process itself, so this one and those that have
 * started it move into one; others are not moved. Resolves with those that could be enabled.
 */
async function enable(base: string, wanted: readonly Controller[]): Promise<readonly Controller[]> {
  const write = () => writeFile(join(base, "cgroup.subtree_control"), wanted.map((one) => `+${one}`).join(" "));
  try {
    await write();
    return wanted;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") return [];
  }
  const inside = (await readFile(join(base, "cgroup.procs"), "utf8")).split("\n").filter((line) => line !== "");
  const ours = ancestors(process.pid);
  if (!inside.every((pid) => ours.includes(Number(pid)))) return [];
  await mkdir(join(base, mainGroup), { recursive: true });
  for (const pid of inside) await writeFile(join(base, mainGroup, "cgroup.procs"), pid);
  await write();
  return wanted;
}

function ancestors(pid: number): number[] {
  const found = [];
  for (let at = pid; at > 0;) {
    found.push(at);
    const text = readFileSync(`/proc/${at}/stat`, "utf8");
    at = Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  }
  return found;
}

let count = 0;

/** Its name says whose it is: `ingot.<process id>.<start time>.<n>`. */
async function createGroup(base: string, limits: ResourceLimits, enforced: readonly Controller[]): Promise<JobCgroup> {
  const group = join(base, `ingot.${describeProcess(process.pid).replace(" ", ".")}.${++count}`);
  await mkdir(group);
  try {
    for (const [file, value] of filesFor(limits, enforced)) await writeFile(join(group, file), value);
  } catch (error) {
    await rmdir(group).catch(() => {});
    throw error;
  }
  return {
    wrap: (command) => enterFirst(group, command),
    async end() {
      const outOfMemory = await countKills(group);
      await endGroup(group);
      return { outOfMemory };
    },
  };
}

// Microseconds. Source: cgroup-v2, cpu.max.
const cpuPeriod = 100_000;

/** Without swap, as a limit of memory is meant. What is ended then is the largest process, mostly a provider: the engine lives to save its state. */
export function filesFor(limits: ResourceLimits, enforced: readonly Controller[]): [file: string, value: string][] {
  const { memoryBytesMax, processesMax, cpusMax } = limits;
  const has = (one: Controller) => enforced.includes(one);
  return [
    ...(has("memory") && memoryBytesMax !== undefined
      ? ([
          ["memory.max", String(memoryBytesMax)],
          ["memory.swap.max", "0"],
        ] as [string, string][])
      : []),
    ...(has("pids") && processesMax !== undefined ? ([["pids.max", String(processesMax)]] as [string, string][]) : []),
    ...(has("cpu") && cpusMax !== undefined
      ? ([["cpu.max", `${Math.round(cpusMax * cpuPeriod)} ${cpuPeriod}`]] as [string, string][])
      : []),
  ];
}

// Of util-linux, as prlimit is. The environment of a job is its own, so there is no PATH to look it up in.
const setpriv = "/usr/bin/setpriv";

/** The shell enters the group before it gives way, so that nothing of the job is ever outside; then it becomes the user. */
function enterFirst(group: string, { uid, ...command }: ConfinedCommand): ConfinedCommand {
  const become = uid === undefined ? [] : [setpriv, "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups", "--"];
  return {
    ...command,
    command: "/bin/sh",
    args: ["-c", 'echo 0 > "$0/cgroup.procs" && exec "$@"', group, ...become, command.command, ...command.args],
  };
}

async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const [, pid, startTime] = /^ingot\.(\d+)\.(\d+)\.\d+$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(`${pid} ${startTime}`)) await endGroup(join(base, name));
  }
}

async function countKills(group: string): Promise<number> {
  const events = await readFile(join(group, "memory.events"), "utf8").catch(() => "");
  return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
}

const roundsMax = 250;

async function endGroup(group: string): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      return await rmdir(group);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if (round >= roundsMax) throw error;
    }
    await killAll(group);
    await sleep(20);
  }
}

/** With kernels before 5.14 one by one. */
async function killAll(group: string): Promise<void> {
  try {
    return await writeFile(join(group, "cgroup.kill"), "1", { flag: "r+" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const inside = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
  for (const pid of inside.split("\n").filter((line) => line !== "")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
