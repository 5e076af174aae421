import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findConnection } from "../connection/connection.ts";
import { createHttpClient } from "../connection/http-client.ts";
import { listImageUses, type ImageUse } from "../connection/image-uses.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
];

export const whereCommand: Command = {
  name: "where",
  summary: "list which resource in which workspace uses which image",
  help: () =>
    renderHelp({
      usage: "ingot where [FLAGS] [IMAGE]",
      text: "Lists image uses. IMAGE keeps only those of one bucket, version fingerprint or external identifier.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [image, another] = parsed.positionals;
  if (another !== undefined) throw new UsageError("ingot where takes one IMAGE at most.");
  const connection = await findConnection({
    flags: parsed,
    environment: call.environment,
    workingDirectory: call.workingDirectory,
  });
  const http = createHttpClient(connection.ca);
  try {
    const all = await listImageUses(http, connection);
    const uses = image === undefined ? all : all.filter((use) => concerns(use, image));
    call.print(flagSwitch(parsed, "json") ? JSON.stringify({ image_uses: uses }, null, 2) : renderUses(uses));
    return 0;
  } finally {
    await http.close();
  }
}

function concerns(use: ImageUse, image: string): boolean {
  return [use.bucket, use.fingerprint, use.external_identifier].includes(image);
}

/** One line a use; an identifier is cut where its end tells people nothing more. */
export function renderUses(uses: readonly ImageUse[]): string {
  if (uses.length === 0) return "No resource uses an image that Ingot knows.";
  return renderTable(
    ["WORKSPACE", "RESOURCE", "IMAGE", "VERSION", "STATUS", "CHANNEL", "IDENTIFIER"],
    uses.map((use) => [
      use.workspace.name,
      `${use.resource}.${use.attribute}`,
      use.bucket ?? "-",
      use.version ?? "-",
      use.status,
      use.channel ?? "-",
      use.external_identifier.length > 24 ? `${use.external_identifier.slice(0, 23)}…` : use.external_identifier,
    ]),
  );
}
