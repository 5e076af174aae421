import { readAuditHeads, readAuditRecords, type AuditRecord } from "../audit/audit-records.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, parseFlags, type Flag, type ParsedFlags } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { withApi } from "../connection/with-api.ts";

const filters: readonly Flag[] = [
  { name: "since", kind: "text", placeholder: "TIME", description: "RFC 3339, included" },
  { name: "until", kind: "text", placeholder: "TIME", description: "RFC 3339, excluded" },
  { name: "actor", kind: "text", placeholder: "NAME", description: "who acted" },
  { name: "actor-id", kind: "text", placeholder: "ID", description: "who acted" },
  { name: "action", kind: "text", placeholder: "NAME", description: "such as UpdateChannel or run.apply" },
  { name: "resource", kind: "text", placeholder: "NAME", description: "what it was about" },
  { name: "resource-id", kind: "text", placeholder: "ID", description: "what it was about" },
  { name: "project", kind: "text", placeholder: "ID", description: "in which project" },
  { name: "outcome", kind: "text", placeholder: "ok|refused|failed|unknown", description: "how it ended" },
  {
    name: "trail",
    kind: "text",
    placeholder: "organization|installation",
    description: "installation: what belongs to no organization, such as refused sign-ins",
  },
];

const flags: readonly Flag[] = [
  ...filters,
  { name: "limit", kind: "text", placeholder: "N", description: "list: how many of the newest (default 50)" },
  { name: "json", kind: "switch", description: "list: print one line of JSON a record" },
  {
    name: "head",
    kind: "text",
    repeats: true,
    placeholder: "TRAIL:NUMBER:HASH",
    description: "verify: a head that was printed earlier; finds what was cut off or made anew since",
  },
  {
    name: "database-url",
    kind: "text",
    placeholder: "URL",
    description: "verify: postgres://… or sqlite:FILE, read without a server",
  },
  ...bootstrapFlags,
];

export const auditCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot audit list|export|head|verify [FLAGS] [FILE]",
      text:
        "Who did what on a server, or was refused.\n" +
        "list prints the newest records. export prints all of them, oldest first, one line of JSON each. head prints where " +
        "the trails end now: keep it elsewhere. verify reads an export (- for standard input), or the database itself with " +
        "--data-dir or --database-url, and ends with 1 at the first record that is not as it was recorded; it needs no server.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [verb, file, surplus] = parsed.positionals;
  if (surplus !== undefined || (file !== undefined && verb !== "verify")) {
    throw new UsageError(`ingot audit ${verb} was given ${JSON.stringify(surplus ?? file)}, which it does not take.`);
  }
  switch (verb) {
    case "list":
      await list(call, parsed);
      return 0;
    case "export":
      await withApi(call, parsed, async (api) => {
        const filter = { order: "oldest", ...filterOf(parsed) };
        for await (const record of readAuditRecords(api, filter, Infinity)) call.print(JSON.stringify(record));
      });
      return 0;
    case "head":
      await withApi(call, parsed, async (api) => {
        for (const { trail, sequence, hash } of await readAuditHeads(api)) call.print(`${trail}:${sequence}:${hash}`);
      });
      return 0;
    case "verify":
      await verifyAudit(call, parsed, file);
      return 0;
    default:
      throw new UsageError("ingot audit takes one of list, export, head and verify.");
  }
}

async function list(call: CommandCall, parsed: ParsedFlags): Promise<void> {
  const limit = flagText(parsed, "limit") ?? "50";
  if (!/^[1-9][0-9]{0,5}$/.test(limit))
    throw new UsageError(`--limit was given ${JSON.stringify(limit)}; give a number.`);
  const records = await withApi(call, parsed, async (api) => {
    const found: AuditRecord[] = [];
    for await (const record of readAuditRecords(api, filterOf(parsed), Number(limit))) found.push(record);
    return found;
  });
  if (flagSwitch(parsed, "json")) {
    for (const record of records) call.print(JSON.stringify(record));
    return;
  }
  call.print(
    renderTable(
      ["NUMBER", "TIME", "WHO", "ACTION", "WHAT", "OUTCOME"],
      records.map((record) => [
        String(record.sequence),
        record.at,
        record.actor.name ?? record.actor.kind,
        record.action,
        record.resource === null ? "" : `${record.resource.kind} ${record.resource.name ?? record.resource.id ?? ""}`,
        record.code === null ? record.outcome : `${record.outcome}: ${record.code}`,
      ]),
    ),
  );
}

function filterOf(parsed: ParsedFlags): Record<string, string> {
  return Object.fromEntries(
    filters.flatMap(({ name }) => {
      const value = flagText(parsed, name);
      return value === undefined ? [] : [[name.replaceAll("-", "_"), value]];
    }),
  );
}
