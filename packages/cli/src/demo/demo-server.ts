import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { CommandError } from "../command-line/command.ts";
import { ingotProgram } from "./ingot-program.ts";

export interface DemoServer {
  /** Asks it to end and waits. */
  stop(): Promise<void>;
}

/** The receiver of webhooks is on this machine, and nobody watches a demo for a day. */
const demoSettings = [
  "--outbound-allow",
  "127.0.0.1",
  "--assessment-interval-minutes",
  "1",
  // Its cloud is a directory of this machine, which isolated runs could not reach.
  "--run-isolation",
  "none",
];

/** Starts `ingot serve` as anybody would, and waits for the line that says where it is. */
export async function startDemoServer(options: {
  readonly dataDirectory: string;
  readonly providerMirror: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly signal: AbortSignal;
}): Promise<DemoServer> {
  const args = ["serve", "--data-dir", options.dataDirectory, "--listen", "127.0.0.1:0"];
  const settings = ["--provider-mirror", options.providerMirror, ...demoSettings];
  const child = spawn(process.execPath, [ingotProgram, ...args, ...settings], {
    env: options.environment,
    // Ctrl-C is for the demo, which ends the server in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(options.logFile);
  child.stderr.pipe(log);
  const exited = once(child, "exit");
  const listening = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("Ingot serves ")) resolve();
    });
  });
  const died = exited.then(() => {
    throw new CommandError(`\`ingot serve\` ended at once. Why is in ${options.logFile}.`);
  });
  const aborted = once(options.signal, "abort").then(() => {
    child.kill("SIGTERM");
    throw new CommandError("The demo was stopped.");
  });
  try {
    await Promise.race([listening, died, aborted]);
  } finally {
    // Whoever lost the race may still reject, when nobody listens any more.
    died.catch(() => undefined);
    aborted.catch(() => undefined);
  }
  return {
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exited;
    },
  };
}
