import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, flagTexts, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import type { Api } from "../connection/call-api.ts";
import { listImageUses, type ImageUse, type ImageUseQuestion } from "../connection/image-uses.ts";
import { withApi } from "../connection/with-api.ts";
import { findWorkspace } from "../connection/workspaces.ts";
import { renderTime } from "./render-findings.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "workspace", kind: "text", placeholder: "NAME", description: "only what this workspace uses" },
  {
    name: "status",
    kind: "text",
    repeats: true,
    placeholder: "STATUS",
    description: "only uses that are current, behind, scheduled, revoked, unknown or untracked",
  },
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
  const status = statusesOf(flagTexts(parsed, "status"));
  const workspace = flagText(parsed, "workspace");
  return withApi(call, parsed, async (api) => {
    const filter: ImageUseQuestion = {
      ...(status === undefined ? {} : { status }),
      ...(workspace === undefined ? {} : { workspace: (await findWorkspace(api, workspace)).id }),
    };
    const uses = await findUses(api, filter, image, version);
    call.print(flagSwitch(parsed, "json") ? JSON.stringify({ image_uses: uses }, null, 2) : renderUses(uses));
    return 0;
  });
}

const knownStatuses = ["current", "behind", "scheduled", "revoked", "unknown", "untracked"];

/** As the server takes them. Throws UsageError for one that nobody knows. */
function statusesOf(texts: readonly string[]): string | undefined {
  const statuses = texts.flatMap((text) => text.split(","));
  const wrong = statuses.find((status) => !knownStatuses.includes(status));
  if (wrong !== undefined) {
    throw new UsageError(`--status was given ${JSON.stringify(wrong)}. Known: ${knownStatuses.join(", ")}.`);
  }
  return statuses.length === 0 ? undefined : statuses.join(",");
}

async function findUses(
  { http, connection }: Api,
  filter: ImageUseQuestion,
  image: string | undefined,
  version: string | undefined,
): Promise<readonly ImageUse[]> {
  if (image === undefined) return listImageUses(http, connection, filter);
  if (version !== undefined) return listImageUses(http, connection, { ...filter, bucket: image, version });
  // An identifier such as ami-0abc would make a good bucket name too.
  const ofBucket = await listImageUses(http, connection, { ...filter, bucket: image });
  return ofBucket.length > 0 ? ofBucket : listImageUses(http, connection, { ...filter, identifier: image });
}

/** One line a use; an identifier is cut where its end tells people nothing more. */
export function renderUses(uses: readonly ImageUse[]): string {
  if (uses.length === 0) return "No resource uses an image that Ingot knows.";
  const showsNotes = uses.some((use) => noteOf(use) !== "");
  const showsDescent = uses.some((use) => use.descends_from !== null);
  const origin = (use: ImageUse): string =>
    use.descends_from === null ? "-" : `${use.descends_from.bucket} ${use.descends_from.version}`;
  return renderTable(
    [
      "WORKSPACE",
      "RESOURCE",
      "IMAGE",
      "STATUS",
      "CHANNEL",
      ...(showsDescent ? ["DESCENDS FROM"] : []),
      "IDENTIFIER",
      ...(showsNotes ? ["NOTE"] : []),
    ],
    uses.map((use) => [
      use.workspace.name,
      `${use.resource}.${use.attribute}`,
      use.bucket === null ? "-" : `${use.bucket} ${use.version ?? ""}`.trimEnd(),
      use.status,
      use.channel ?? "-",
      ...(showsDescent ? [origin(use)] : []),
      use.external_identifier.length > 24 ? `${use.external_identifier.slice(0, 23)}…` : use.external_identifier,
      ...(showsNotes ? [noteOf(use)] : []),
    ]),
  );
}

/** What a person asks next about this status. */
function noteOf(use: ImageUse): string {
  if (use.status === "behind" && use.behind_since !== null) {
    return `${use.channel ?? "the channel"} is ${use.channel_version ?? "elsewhere"}; behind since ${renderTime(use.behind_since)}`;
  }
  if (use.status === "scheduled" && use.revoke_at !== null)
    return `from ${renderTime(use.revoke_at)}: ${reasonOf(use)}`;
  return use.status === "revoked" ? reasonOf(use) : "";
}

function reasonOf(use: ImageUse): string {
  return use.revocation_message ?? "no reason given";
}
