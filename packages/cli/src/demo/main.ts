import { CommandError, UsageError, type CommandCall } from "../command-line/command.ts";
import { listenForStop } from "../command-line/listen-for-stop.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { demoFlags, readDemoOptions } from "./demo-options.ts";
import { runDemo } from "./run-demo.ts";
import { createStory } from "./story.ts";

const call: CommandCall = {
  args: process.argv.slice(2),
  environment: process.env,
  workingDirectory: process.cwd(),
  print: (line) => void process.stdout.write(`${line}\n`),
  report: (line) => void process.stderr.write(`${line}\n`),
  onStop: listenForStop,
};

async function main(): Promise<number> {
  if (call.args.includes("--help")) {
    const text = "Starts an Ingot of its own and sends one golden image all the way through it.";
    call.print(renderHelp({ usage: "npm run demo -- [FLAGS]", text, flags: demoFlags }));
    return 0;
  }
  try {
    const options = readDemoOptions(call.args, call.workingDirectory);
    const color = options.color ?? (process.stdout.isTTY && process.env["NO_COLOR"] === undefined);
    const story = createStory({ write: (text) => void process.stdout.write(text), color });
    return await runDemo(options, call, story);
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof UsageError)) throw error;
    call.report(`demo: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

// Whoever reads along may leave (`| head`): what was started must end in order all the same.
let alone = false;
process.stdout.on("error", () => {
  if (!alone) process.kill(process.pid, "SIGTERM");
  alone = true;
});
process.exitCode = await main();
