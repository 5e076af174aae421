import { chmod, mkdir, writeFile } from "node:fs/promises";
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

function runnerArguments(
  server: Pick<RunningServer, "url" | "caFile">,
  config: ServerConfig,
  files: { readonly tokenFile: string; readonly workDir: string },
): string[] {
  const optional = (flag: string, value: string | undefined): string[] => (value === undefined ? [] : [flag, value]);
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
    ...config["run-environment"].flatMap((name) => ["--pass-env", name]),
  ];
}

/** The server's own settings hold secrets (the master key, the database's password) that a runner has no use for. */
export function environmentForRunner(environment: Environment, passed: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith("INGOT_") || passed.includes(name)),
  );
}
