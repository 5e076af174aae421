import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findConnection, type Connection } from "../connection/connection.ts";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { listImageUses, type ImageUse } from "../connection/image-uses.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
];

export const whereCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot where [FLAGS] [BUCKET [VERSION] | IDENTIFIER]",
      text:
        "Lists image uses: all of them, those of one image and everything that descends from it (golden-base, or " +
        "golden-base v3), or those of one external identifier.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [image, version, surplus] = parsed.positionals;
  if (surplus !== undefined || (version !== undefined && !/^v\d+$/.test(version))) {
    throw new UsageError("ingot where takes a BUCKET and a VERSION such as v3, or an IDENTIFIER.");
  }
  const connection = await findConnection({
    flags: parsed,
    environment: call.environment,
    workingDirectory: call.workingDirectory,
  });
  const http = createHttpClient(connection.ca);
  try {
    const uses = await findUses(http, connection, image, version);
    call.print(flagSwitch(parsed, "json") ? JSON.stringify({ image_uses: uses }, null, 2) : renderUses(uses));
    return 0;
  } finally {
    await http.close();
  }
}

async function findUses(
  http: HttpClient,
  connection: Connection,
  image: string | undefined,
  version: string | undefined,
): Promise<readonly ImageUse[]> {
  if (image === undefined) return listImageUses(http, connection);
  if (version !== undefined) return listImageUses(http, connection, { bucket: image, version });
  // An identifier such as ami-0abc would make a good bucket name too.
  const ofBucket = await listImageUses(http, connection, { bucket: image });
  return ofBucket.length > 0 ? ofBucket : listImageUses(http, connection, { identifier: image });
}

/** One line a use; an identifier is cut where its end tells people nothing more. */
export function renderUses(uses: readonly ImageUse[]): string {
  if (uses.length === 0) return "No resource uses an image that Ingot knows.";
  const showsDescent = uses.some((use) => use.descends_from !== null);
  const origin = (use: ImageUse): string =>
    use.descends_from === null ? "-" : `${use.descends_from.bucket} ${use.descends_from.version}`;
  return renderTable(
    ["WORKSPACE", "RESOURCE", "IMAGE", "STATUS", "CHANNEL", ...(showsDescent ? ["DESCENDS FROM"] : []), "IDENTIFIER"],
    uses.map((use) => [
      use.workspace.name,
      `${use.resource}.${use.attribute}`,
      use.bucket === null ? "-" : `${use.bucket} ${use.version ?? ""}`.trimEnd(),
      use.status,
      use.channel ?? "-",
      ...(showsDescent ? [origin(use)] : []),
      use.external_identifier.length > 24 ? `${use.external_identifier.slice(0, 23)}…` : use.external_identifier,
    ]),
  );
}
