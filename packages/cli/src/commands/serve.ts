import { createLogger, startServer, type RunningServer, type ServerConfig } from "@ingot/server";
import type { Command, CommandCall } from "../command-line/command.ts";
import { UsageError } from "../command-line/command.ts";
import { flagText, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { explainStartFailure } from "../serve/explain-start-failure.ts";
import { readServerSettings } from "../serve/read-server-settings.ts";
import { serverFlags } from "../serve/server-flags.ts";
import { startLocalRunner } from "../serve/start-local-runner.ts";
import type { SupervisedProcess } from "../serve/supervise-process.ts";

const configFlag: Flag = {
  name: "config",
  kind: "text",
  placeholder: "FILE",
  description: "YAML file with any of the settings below, one a line, without the dashes (INGOT_CONFIG)",
};
const flags = [configFlag, ...serverFlags];

export const serveCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot serve [FLAGS]",
      text:
        "Starts Ingot. The first start makes the data directory, a CA and a server certificate, the first organization, and " +
        "credentials in the bootstrap file; then `ingot env` points packer, terraform and tofu at it.\n" +
        "A flag beats the environment, the environment beats the config file. SIGTERM and Ctrl-C let requests finish; " +
        "a second one ends at once.",
      flags,
    }),
  run: serve,
};

async function serve(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  if (parsed.positionals[0] !== undefined) {
    throw new UsageError(`ingot serve takes flags only, and was given ${JSON.stringify(parsed.positionals[0])}.`);
  }
  const config = await readServerSettings({
    flags: parsed,
    environment: call.environment,
    configFile: flagText(parsed, "config") ?? call.environment["INGOT_CONFIG"],
    workingDirectory: call.workingDirectory,
  });
  const logger = createLogger(config["log-level"]);
  // What the server writes is nobody else's, the runs of its own runner included.
  process.umask(0o077);

  let runner: SupervisedProcess | undefined;
  const stop = listenForShutdown(call, () => runner?.kill());
  try {
    const server = await startServer(config, { logger }).catch((error: unknown) => {
      throw explainStartFailure(error, config);
    });
    try {
      if (config.runner) runner = await startLocalRunner({ server, config, environment: call.environment, logger });
      call.print(greeting(server, config));
      logger.info({ signal: await stop.requested }, "shutting down");
    } finally {
      // The runner reports its jobs to the server, so the server outlives it.
      await runner?.stop();
      await server.close();
    }
    logger.info("stopped");
    return 0;
  } finally {
    stop.ignore();
  }
}

/** Resolves at the first signal; the second one ends the process, since whoever sends it will not wait. */
function listenForShutdown(
  call: CommandCall,
  beforeExit: () => void,
): { readonly requested: Promise<NodeJS.Signals>; ignore(): void } {
  let ignore = (): void => undefined;
  let signals = 0;
  const requested = new Promise<NodeJS.Signals>((resolve) => {
    ignore = call.onStop((signal) => {
      if (++signals === 1) return resolve(signal);
      beforeExit();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  });
  return { requested, ignore: () => ignore() };
}

function greeting(server: RunningServer, config: ServerConfig): string {
  const { path } = server.bootstrapFile;
  const place =
    config["bootstrap-file"] === undefined ? `--data-dir ${config["data-dir"]}` : `--bootstrap-file ${path}`;
  return `Ingot serves ${server.url}; credentials are in ${path}. Open it in a browser and sign in with its admin.token, or, in another terminal: eval "$(npx ingot env ${place})"`;
}
