import { basename } from "node:path";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, parseFlags, type Flag, type ParsedFlags } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import type { Api } from "../connection/call-api.ts";
import {
  listAffected,
  readCoverage,
  readImport,
  readVersionVulnerabilities,
  uploadArchive,
  type AdvisoryImport,
} from "../connection/vulnerabilities.ts";
import { withApi } from "../connection/with-api.ts";
import { findVersion } from "../registry/promote-version.ts";
import { withRegistry } from "../registry/with-registry.ts";
import { renderAffected, renderCoverage, renderVersion } from "./render-vulnerabilities.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "ecosystem", kind: "text", description: "import: which ecosystem the archive is about, as OSV calls it" },
  { name: "bucket", kind: "text", description: "list: the image" },
  { name: "version", kind: "text", description: "list: its version, v3 or a fingerprint; default the newest complete" },
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
];

const usage =
  "ingot vulnerabilities takes `import FILE...`, `status`, `list --bucket BUCKET` or `affected IDENTIFIER`.";

export const vulnerabilitiesCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot vulnerabilities [FLAGS] import FILE... | status | list | affected IDENTIFIER",
      text:
        "`import` sends archives of advisories, the file all.zip of an ecosystem as OSV publishes it, and waits until they " +
        "are read; it needs an administrator's token. `status` shows which archive speaks for which ecosystem, and for " +
        "which there is none. `list` shows what is wrong with a version of an image. `affected` shows which versions, " +
        "channels and workspaces have a vulnerability.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [what, ...rest] = parsed.positionals;
  switch (what) {
    case "import":
      if (rest.length === 0) throw new UsageError(usage);
      return withApi(call, parsed, (api) => importFiles(call, api, rest, flagText(parsed, "ecosystem")));
    case "status":
      return withApi(call, parsed, async (api) => print(call, parsed, await readCoverage(api), renderCoverage));
    case "list":
      return list(call, parsed);
    case "affected": {
      const [name, surplus] = rest;
      if (name === undefined || surplus !== undefined) throw new UsageError(usage);
      return withApi(call, parsed, async (api) => print(call, parsed, await listAffected(api, name), renderAffected));
    }
    default:
      throw new UsageError(usage);
  }
}

function print<T>(call: CommandCall, parsed: ParsedFlags, answer: T, render: (answer: T) => string): number {
  call.print(flagSwitch(parsed, "json") ? JSON.stringify(answer, null, 2) : render(answer));
  return 0;
}

async function list(call: CommandCall, parsed: ParsedFlags): Promise<number> {
  const bucket = flagText(parsed, "bucket");
  if (bucket === undefined) throw new UsageError("ingot vulnerabilities list needs a --bucket.");
  const named = flagText(parsed, "version");
  return withRegistry(call, parsed, async (registry, http, connection) => {
    const version =
      named === undefined
        ? await newestComplete(registry.listVersions(bucket), bucket)
        : await findVersion(registry, bucket, named);
    const question = { bucket, fingerprint: version.fingerprint, project: connection.projectId };
    return print(call, parsed, await readVersionVulnerabilities({ http, connection }, question), renderVersion);
  });
}

async function newestComplete<V extends { readonly name: string }>(
  versions: AsyncIterable<V>,
  bucket: string,
): Promise<V> {
  for await (const version of versions) if (version.name !== "v0") return version;
  throw new CommandError(`${bucket} has no complete version.`);
}

const pollMs = 500;

async function importFiles(
  call: CommandCall,
  api: Api,
  files: readonly string[],
  ecosystem: string | undefined,
): Promise<number> {
  // Before the first is sent: a typing error in the last must not show after an hour.
  for (const file of files) await checkFile(file);
  let failed = 0;
  for (const file of files) {
    const sent = await uploadArchive(api, file, { fileName: basename(file), ecosystem });
    const done = await follow(call, api, sent);
    if (done.status === "failed") failed++;
    call.print(
      done.status === "failed"
        ? `${file}: failed. ${done.error}`
        : `${file}: ${done.advisories} advisories of ${done.ecosystem}, ${done.withdrawn} of them withdrawn, ${done.skipped} entries skipped`,
    );
  }
  return failed > 0 ? 1 : 0;
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new CommandError(`${file} is not a file.`);
}

/** Says how far it is whenever that has changed by a tenth. */
async function follow(call: CommandCall, api: Api, sent: AdvisoryImport): Promise<AdvisoryImport> {
  let told = 0;
  for (;;) {
    const now = await readImport(api, sent.id);
    if (now.status === "done" || now.status === "failed") return now;
    const tenths =
      now.entries_total === null ? 0 : Math.floor((now.entries_read * 10) / Math.max(now.entries_total, 1));
    if (tenths > told) call.report(`${now.file_name}: ${now.entries_read} of ${now.entries_total} entries`);
    told = tenths;
    await sleep(pollMs);
  }
}
