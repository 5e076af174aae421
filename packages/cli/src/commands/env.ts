import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import {
  bootstrapFileFromEnvironment,
  bootstrapFileFromFlags,
  bootstrapFlags,
  readBootstrapFile,
} from "../connection/bootstrap-file.ts";
import { prepareClientEnvironment } from "../connection/client-environment.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "json", kind: "switch", description: "print one JSON object instead of shell lines" },
];

export const envCommand: Command = {
  help: () =>
    renderHelp({
      usage: 'eval "$(ingot env [FLAGS])"',
      text:
        "Prints shell lines that point unmodified clients at a server, from its bootstrap file. Beside that file it writes " +
        "ca-bundle.pem (the CAs you trust now, and Ingot's) and terraform.rc (your CLI configuration, and a token).\n" +
        "The lines hold secrets: they are meant for `eval`, not for a log.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  if (parsed.positionals[0] !== undefined) {
    throw new UsageError(`ingot env takes flags only, and was given ${JSON.stringify(parsed.positionals[0])}.`);
  }
  const file =
    bootstrapFileFromFlags(parsed, call.workingDirectory) ??
    bootstrapFileFromEnvironment(call.environment, call.workingDirectory);
  const variables = await prepareClientEnvironment({
    bootstrap: await readBootstrapFile(file),
    bootstrapFile: file,
    environment: call.environment,
  });
  if (flagSwitch(parsed, "json")) call.print(JSON.stringify(variables, null, 2));
  else for (const [name, value] of Object.entries(variables)) call.print(`export ${name}=${quoteForShell(value)}`);
  return 0;
}

/** For POSIX shells: nothing inside single quotes means anything but the quote itself. */
export function quoteForShell(value: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
