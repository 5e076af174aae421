import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { parseFlags } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findVersion, promoteVersion } from "../registry/promote-version.ts";
import { withRegistry } from "../registry/with-registry.ts";

export const promoteCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot promote [FLAGS] BUCKET VERSION CHANNEL",
      text:
        "Points a channel at a version, named v3 or by its fingerprint, and makes the channel when there is none. " +
        "Workspaces that read the channel are run again.",
      flags: bootstrapFlags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(bootstrapFlags, call.args);
  const [bucket, version, channel, surplus] = parsed.positionals;
  if (bucket === undefined || version === undefined || channel === undefined || surplus !== undefined) {
    throw new UsageError("ingot promote takes a BUCKET, a VERSION such as v3, and a CHANNEL.");
  }
  return withRegistry(call, parsed, async (registry) => {
    const { fingerprint } = await findVersion(registry, bucket, version);
    const promoted = await promoteVersion(registry, { bucket, channel, fingerprint });
    call.print(`channel ${channel} of ${bucket} holds ${promoted.version?.name} (${fingerprint})`);
    return 0;
  });
}
