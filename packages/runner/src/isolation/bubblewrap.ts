import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, readlink, realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { writableBy, type JobDirectory } from "../work/job-directory.ts";
import { findProgram } from "./find-program.ts";
import type { Confinement, FoundIsolation, IsolationOptions } from "./confinement.ts";

const execute = promisify(execFile);

// What programs of a system need to run, to find hosts and to trust them; none of it is secret. /etc/ssl/private is not here.
const settings = [
  "alternatives",
  "ca-certificates",
  "crypto-policies",
  "gai.conf",
  "gitconfig",
  "group",
  "host.conf",
  "hosts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "mime.types",
  "nsswitch.conf",
  "passwd",
  "pki/ca-trust",
  "pki/tls/cert.pem",
  "pki/tls/certs",
  "protocols",
  "services",
  "ssh/ssh_config",
  "ssh/ssh_known_hosts",
  "ssl/cert.pem",
  "ssl/certs",
  "ssl/openssl.cnf",
].map((name) => `/etc/${name}`);

/**
 * Isolation by bubblewrap: no file but the system's programs, the job's own directory and what the operator names; no
 * process but the job's. The network stays the machine's, since providers need it. The probe runs a command in exactly
 * such walls, as containers and kernels often forbid them.
 */
export async function findBubblewrap(options: IsolationOptions): Promise<FoundIsolation> {
  const program = await findProgram("bwrap", options.path);
  if (program === undefined) return { missing: "There is no bwrap on PATH: install bubblewrap." };
  const system = await showSystem();
  try {
    await execute(program, [...walls, ...system, "--", "/bin/sh", "-c", "exit 0"], { timeout: 10_000, env: {} });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? "";
    return { missing: `bwrap cannot make its namespaces here (${said === "" ? String(error) : said}).` };
  }
  return {
    level: "bubblewrap",
    async enter(directory) {
      return confineBy(program, [...walls, ...system], options.readable, directory);
    },
  };
}

const walls = [
  "--unshare-user",
  "--unshare-pid",
  "--unshare-ipc",
  "--unshare-uts",
  "--unshare-cgroup-try",
  "--hostname",
  "ingot-run",
  "--new-session",
  "--cap-drop",
  "ALL",
];

function confineBy(
  program: string,
  base: readonly string[],
  readable: readonly string[],
  directory: JobDirectory,
): Confinement {
  const show = (flag: string, path: string): string[] => [flag, path, path];
  const view = [
    ...base,
    // Before what may lie below it.
    "--bind",
    directory.tmp,
    "/tmp",
    ...readable.flatMap((path) => show("--ro-bind-try", path)),
    ...writableBy(directory).flatMap((path) => show("--bind", path)),
    ...[directory.caBundle, directory.cliConfig].flatMap((path) => show("--ro-bind", path)),
    "--json-status-fd",
    "3",
  ];
  return {
    async handOver() {},
    confine: ({ path, args, cwd }) => ({
      command: program,
      args: [...view, "--ro-bind", path, path, "--chdir", cwd, "--", path, ...args],
      cwd: undefined,
      reportsPid: true,
    }),
    // The last process of a namespace takes all others with it.
    async leave() {},
  };
}

/** The system's programs and settings, read only. */
async function showSystem(): Promise<string[]> {
  const args = ["--ro-bind", "/usr", "/usr"];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]) {
    const info = await lstat(path).catch(() => undefined);
    if (info?.isSymbolicLink() === true) args.push("--symlink", await readlink(path), path);
    else if (info?.isDirectory() === true) args.push("--ro-bind", path, path);
  }
  for (const path of settings.filter((one) => existsSync(one))) args.push("--ro-bind", path, path);
  // Often a link into /run, which is not shown.
  const resolver = await realpath("/etc/resolv.conf").catch(() => undefined);
  if (resolver !== undefined) args.push("--ro-bind", resolver, "/etc/resolv.conf");
  return [...args, "--proc", "/proc", "--dev", "/dev"];
}
