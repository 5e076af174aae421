import { CommandError, UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagText, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { listImageUses } from "../connection/image-uses.ts";
import { findVersion } from "../registry/promote-version.ts";
import { withRegistry } from "../registry/with-registry.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "reason", kind: "text", placeholder: "TEXT", description: "why; shown to whoever still uses the version" },
  {
    name: "in",
    kind: "text",
    placeholder: "TIME",
    description: "take effect later, such as 30d or 2h45m; default: at once",
  },
];

export const revokeCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot revoke --reason TEXT [FLAGS] BUCKET VERSION",
      text:
        "Revokes a version, named v3 or by its fingerprint, and everything that descends from it. Channels go back to " +
        "their last valid version, plans that would newly use it are refused, and what still runs it is listed.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [bucket, version, surplus] = parsed.positionals;
  const reason = flagText(parsed, "reason");
  if (bucket === undefined || version === undefined || surplus !== undefined) {
    throw new UsageError("ingot revoke takes a BUCKET and a VERSION such as v3.");
  }
  if (reason === undefined) throw new UsageError("ingot revoke needs --reason TEXT: people will be shown it.");
  return withRegistry(call, parsed, async (registry, http, connection) => {
    const { fingerprint, name } = await findVersion(registry, bucket, version);
    if (name === "v0") throw new CommandError(`${bucket} ${fingerprint} is not complete; there is nothing to revoke.`);
    const later = flagText(parsed, "in");
    await registry.updateVersion(bucket, fingerprint, { revoke_in: later ?? "0s", revocation_message: reason });
    const words = later === undefined ? "is revoked" : `will be revoked in ${later}`;
    call.print(`${bucket} ${name} ${words}, with everything that descends from it`);
    const uses = connection.token === undefined ? [] : await listImageUses(http, connection, { bucket, version: name });
    for (const use of uses)
      call.print(`still in use: ${use.workspace.name} ${use.resource} (${use.bucket} ${use.version})`);
    if (uses.length === 0) call.print("no workspace is known to use it");
    return 0;
  });
}
