import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runnerEntry } from "@ingot/runner";
import type { Logger, RunningServer, ServerConfig } from "@ingot/server";
import type { Environment } from "../command-line/command.ts";
import { superviseProcess, type SupervisedProcess } from "./supervise-process.ts";

/** Starts the runner of this machine as a process of its own, with a token only it can read. */
export async function startLocalRunner(options: {
  readonly server: Pick<RunningServer, "url" | "caFile" | "createLocalRunnerToken">;
  readonly config: ServerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
}): Promise<SupervisedProcess> {
  const directory = join(options.config["data-dir"], "runner");
  await mkdir(join(directory, "work"), { recursive: true, mode: 0o700 });
  const tokenFile = join(directory, "token");
  await writeFile(tokenFile, `${await options.server.createLocalRunnerToken()}\n`, { mode: 0o600 });
  await chmod(tokenFile, 0o600);
  if (process.getuid?.() === 0) await letRunsThrough(options.config["data-dir"], directory);
  return superviseProcess({
    name: "runner",
    program: process.execPath,
    args: [
      runnerEntry,
      ...runnerArguments(options.server, options.config, { tokenFile, workDir: join(directory, "work") }),
    ],
    environment: environmentForRunner(options.environment, options.config["run-environment"]),
    logger: options.logger,
  });
}

/**
 * Runs of a runner of root have users of their own, who must reach their directory below the data directory, and nothing
 * else there: others may pass the data directory but not list it, and everything in it but the way to it is closed to them.
 */
async function letRunsThrough(dataDir: string, runnerDirectory: string): Promise<void> {
  for (const entry of await readdir(dataDir, { withFileTypes: true })) {
    const path = join(dataDir, entry.name);
    if (path === runnerDirectory || entry.isSymbolicLink()) continue;
    await chmod(path, (await stat(path)).mode & 0o700).catch(ignoreAbsence);
  }
  await chmod(runnerDirectory, 0o711);
  await chmod(dataDir, 0o711);
}

/** As of the journal of SQLite, which comes and goes. */
function ignoreAbsence(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

function runnerArguments(
  server: Pick<RunningServer, "url" | "caFile">,
  config: ServerConfig,
  files: { readonly tokenFile: string; readonly workDir: string },
): string[] {
  const optional = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [flag, String(value)];
  return [
    "--url",
    server.url,
    "--token-file",
    files.tokenFile,
    "--work-dir",
    files.workDir,
    "--concurrency",
    String(config["runner-concurrency"]),
    "--log-level",
    config["log-level"],
    ...optional("--ca-file", server.caFile),
    ...optional("--engines-dir", config["engines-dir"]),
    ...optional("--provider-mirror", config["provider-mirror"]),
    ...(config["download-engines"] ? ["--download-engines"] : []),
    ...optional("--engine-keys", config["engine-keys-file"]),
    ...optional("--terraform-releases", config["terraform-releases-url"]),
    ...optional("--tofu-releases", config["tofu-releases-url"]),
    ...optional("--tofu-index", config["tofu-index-url"]),
    ...optional("--provider-network-mirror", config["provider-network-mirror"]),
    ...(config["only-mirrors"] ? ["--only-mirrors"] : []),
    "--plugin-cache-dir",
    config["plugin-cache-dir"] ?? join(config["data-dir"], "runner", "plugins"),
    "--isolation",
    config["run-isolation"],
    ...config["run-readable"].flatMap((path) => ["--readable", path]),
    "--cgroup",
    config["run-cgroup"],
    ...optional("--cpus-max", config["run-cpus-max"]),
    ...optional("--memory-max", config["run-memory-mib-max"]),
    ...optional("--processes-max", config["run-processes-max"]),
    ...optional("--file-size-max", config["run-file-mib-max"]),
    ...config["run-environment"].flatMap((name) => ["--pass-env", name]),
  ];
}

/** The server's own settings hold secrets (the master key, the database's password) that a runner has no use for. */
export function environmentForRunner(environment: Environment, passed: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith("INGOT_") || passed.includes(name)),
  );
}
