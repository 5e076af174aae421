import { open, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { EngineWish } from "../engines/choose-engine.ts";
import type { Engine } from "../engines/find-engines.ts";
import { renderCliConfig } from "./cli-config.ts";
import { engineEnvironment } from "./engine-environment.ts";
import { readEngineOutput } from "./engine-output.ts";
import { overrideFileNames, renderLocalBackend } from "./override-file.ts";
import type { PhaseContext } from "./phase-context.ts";
import { runInGroup } from "./process-group.ts";
import { renderVariables, variablesFileName } from "./variables-file.ts";
import { WorkError } from "./work-error.ts";

/** The engine that the job needs; the log begins with its name. Throws WorkError when there is none. */
export async function takeEngine(context: PhaseContext, wish: EngineWish): Promise<Engine> {
  const engine = await context.settings.engines.choose(wish);
  void context.log.write(preamble(engine));
  return engine;
}

/** An unpacked configuration, an engine, and a place for the state: what both phases work with. */
export interface EngineSession {
  readonly engine: Engine;
  readonly directory: string;
  /** Where the engine reads and writes the state of the workspace, below the directory for states. */
  readonly stateFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Prepares the unpacked configuration: the working directory, the local backend in place of the configuration's own,
 * the variables, and the engine's environment. Throws WorkError for what the configuration or the job cannot be.
 */
export async function openSession(context: PhaseContext, engine: Engine): Promise<EngineSession> {
  const { job, directory } = context;
  const workingDirectory = await enterWorkingDirectory(directory.config, job.working_directory);
  const stateFile = stateFileOf(job.workspace.name);
  const names = await readdir(workingDirectory);
  const states = relative(workingDirectory, await realpath(directory.states));
  const backend = renderLocalBackend({ state: join(states, "default.tfstate"), workspaceDir: states });
  for (const name of overrideFileNames(names)) await writeFile(join(workingDirectory, name), backend);
  const variables = renderVariables(job.variables);
  await writeFile(join(workingDirectory, variablesFileName(names)), variables, { mode: 0o600 });
  await writeFile(
    directory.cliConfig,
    await renderCliConfig({
      providerMirror: context.settings.providerMirror,
      networkMirror: context.settings.providerNetworkMirror,
      onlyMirrors: context.settings.onlyMirrors,
      pluginCacheDir: context.settings.pluginCache === undefined ? undefined : directory.plugins,
    }),
  );
  await writeFile(directory.caBundle, context.settings.caBundle);
  return {
    engine,
    directory: workingDirectory,
    stateFile,
    environment: engineEnvironment({
      job: { environment: context.environment, workspace: job.workspace },
      directory,
      engineDirectory: dirname(engine.path),
      passed: context.settings.passedEnvironment,
    }),
  };
}

async function enterWorkingDirectory(root: string, path: string): Promise<string> {
  const shown = JSON.stringify(path);
  const inside = resolve(root, path.replace(/^\/+/, ""));
  if (inside !== root && !inside.startsWith(`${root}/`)) {
    throw new WorkError(`The working directory ${shown} leads out of the configuration. Give a path below its root.`);
  }
  const realRoot = await realpath(root);
  const real = await realpath(inside).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) {
    throw new WorkError(
      `The configuration has no directory ${shown}, which is the working directory of the workspace. ` +
        "Upload a configuration that has it, or change the workspace's setting.",
    );
  }
  if (real !== realRoot && !real.startsWith(`${realRoot}/`)) {
    throw new WorkError(`The working directory ${shown} is a link that leads out of the configuration.`);
  }
  return real;
}

/**
 * Where the local backend keeps the state of a workspace, below the directory for states. Throws WorkError for a name that
 * engines do not take. Source: OpenTofu, internal/backend/local, StatePaths.
 */
export function stateFileOf(workspace: string): string {
  if (workspace === "default") return "default.tfstate";
  if (!/^(?!\.)[A-Za-z0-9_.-]+$/.test(workspace)) {
    throw new WorkError(`The workspace name ${JSON.stringify(workspace)} cannot be used by the engines.`);
  }
  return join(workspace, "terraform.tfstate");
}

export type EngineRun = ReturnType<typeof readEngineOutput> & { readonly code: number | null };

/**
 * Runs one command of the engine. What it prints goes to `onOutput`, by default the log. Resolves when it has ended,
 * with whatever exit code; throws when the work was asked to stop before.
 */
export async function runEngine(
  context: PhaseContext,
  session: EngineSession,
  args: readonly string[],
  options: { readonly stdoutFile?: string; readonly onOutput?: (bytes: Buffer) => Promise<void> | undefined } = {},
): Promise<EngineRun> {
  context.stop.interrupted.throwIfAborted();
  const output = readEngineOutput();
  const show = options.onOutput ?? context.log.write;
  const target = options.stdoutFile === undefined ? undefined : await open(options.stdoutFile, "w", 0o600);
  try {
    const { code } = await runInGroup({
      ...context.confinement.confine({ path: session.engine.path, args, cwd: session.directory }),
      env: session.environment,
      ...(target === undefined ? {} : { stdoutFd: target.fd }),
      interrupted: context.stop.interrupted,
      killed: context.stop.killed,
      onStart: context.directory.noteEngine,
      onOutput: (bytes) => {
        output.read(bytes);
        return show(bytes);
      },
    });
    return { ...output, code };
  } finally {
    await target?.close();
  }
}

/** How `plan` and `apply` write their log. */
export function logOption(job: PhaseContext["job"]): string {
  return job.options.structured === true ? "-json" : "-no-color";
}

/** Throws WorkError when the command failed, or stops the phase when it was stopped meanwhile. */
export function requireSuccess(context: PhaseContext, session: EngineSession, command: string, run: EngineRun): void {
  context.stop.interrupted.throwIfAborted();
  if (run.code === 0) return;
  const reason = run.firstError();
  const how = run.code === null ? "was ended by a signal" : "failed";
  throw new WorkError(`${session.engine.name} ${command} ${how}${reason === undefined ? "." : `: ${reason}`}`, {
    inLog: reason !== undefined,
  });
}

/**
 * `init`. An apply's log shows nothing of it, any other what it fetches; what is left out otherwise, such as advice about the
 * lock file, is shown when it fails.
 */
export async function initialise(context: PhaseContext, session: EngineSession): Promise<void> {
  const shown = context.job.phase === "apply" ? /^(?!)/ : /^(- |Downloading )/;
  let held = "";
  let partial = "";
  const onOutput = (bytes: Buffer) => {
    const lines = (partial + bytes.toString("latin1")).split(/(?<=\n)/);
    partial = lines.at(-1)?.endsWith("\n") === true ? "" : (lines.pop() ?? "");
    held = (held + lines.filter((line) => !shown.test(line)).join("")).slice(0, heldBytesMax);
    return context.log.write(Buffer.from(lines.filter((line) => shown.test(line)).join(""), "latin1"));
  };
  // -reconfigure: an archive may hold the .terraform directory of another backend.
  const args = ["init", "-input=false", "-no-color", "-reconfigure"];
  const { plugins } = context.directory;
  await context.settings.pluginCache?.lend(join(session.directory, ".terraform.lock.hcl"), plugins);
  await context.confinement.handOver();
  const run = await runEngine(context, session, args, { onOutput });
  if (run.code !== 0) void context.log.write(Buffer.from(held + partial, "latin1"));
  requireSuccess(context, session, "init", run);
  await context.settings.pluginCache?.keep(plugins);
}

const heldBytesMax = 1 << 20;

/** The first three lines of every log. The CLIs drop exactly three from an apply's log. Source: backend_apply.go, renderApplyLogs. */
export function preamble(engine: Engine | undefined): string {
  const title =
    engine === undefined ? "Ingot" : `${engine.name === "tofu" ? "OpenTofu" : "Terraform"} v${engine.version}`;
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return `${title}\non ${process.platform}_${architecture}\nInitializing plugins and modules...\n`;
}
