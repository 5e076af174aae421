import { listenForStop } from "./command-line/listen-for-stop.ts";
import { runCommandLine } from "./command-line/run-command-line.ts";
import { commands } from "./commands/index.ts";

// `ingot where | head` closes the pipe early; that is no mistake of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runCommandLine(commands, {
  args: process.argv.slice(2),
  environment: process.env,
  workingDirectory: process.cwd(),
  print: (line) => void process.stdout.write(`${line}\n`),
  report: (line) => void process.stderr.write(`${line}\n`),
  onStop: listenForStop,
});
