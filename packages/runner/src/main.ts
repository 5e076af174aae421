import { fstatSync } from "node:fs";
import { pino, stdTimeFunctions, type Logger } from "pino";
import { OptionRefused, readRunnerOptions, usage, type RunnerSettings } from "./runner-options.ts";
import { startRunner, type Runner } from "./start-runner.ts";

async function main(): Promise<number> {
  if (process.argv.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  let settings: RunnerSettings;
  try {
    settings = readRunnerOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof OptionRefused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const logger = createLogger(settings.logLevel);
  // Configurations are unpacked with the modes that they were packed with, whoever starts this.
  process.umask(0o022);
  try {
    const runner = await startRunner({ ...settings, logger });
    endOnSignals(runner, logger);
    drainWithParent(runner, logger);
    await runner.done;
    return 0;
  } catch (error) {
    logger.fatal({ err: error }, "the runner cannot go on");
    return 1;
  }
}

/**
 * A standard input that is a pipe belongs to a process that watches over this one and keeps it open. When that one dies, the
 * work in progress is brought to its end, and nothing new is begun.
 */
function drainWithParent(runner: Pick<Runner, "drain">, logger: Logger): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  const drain = () => {
    logger.warn("the process that started this runner is gone; it ends when its jobs are done");
    runner.drain();
  };
  process.stdin.once("end", drain).once("error", drain).resume().unref();
}

/** The first signal stops in order, the second at once. */
function endOnSignals(runner: Pick<Runner, "stop" | "kill">, logger: Logger): void {
  let asked = false;
  const end = (signal: string) => {
    if (asked) {
      runner.kill();
      process.exit(1);
    }
    asked = true;
    logger.info({ signal }, "stopping; a second signal ends at once");
    runner.stop();
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
}

process.exitCode = await main();
