import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findPackages, type FoundPackages } from "../connection/packages.ts";
import { withApi } from "../connection/with-api.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "version", kind: "text", placeholder: "TEXT", description: "only this version of the package" },
  { name: "bucket", kind: "text", placeholder: "NAME", description: "only what this bucket contains" },
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
];

export const packagesCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot packages [FLAGS] NAME",
      text:
        "Lists which images contain a package, as their SBOMs say. NAME is the package's name, its beginning with a star " +
        "at the end ('libssl*'), or a package URL with or without a version (pkg:deb/debian/openssl).",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [name, surplus] = parsed.positionals;
  if (name === undefined || name === "" || name === "*" || surplus !== undefined) {
    throw new UsageError("ingot packages takes one NAME, such as openssl, 'libssl*' or pkg:deb/debian/openssl.");
  }
  const version = flagText(parsed, "version");
  const bucket = flagText(parsed, "bucket");
  return withApi(call, parsed, async (api) => {
    const found = await findPackages(api, {
      ...questionOf(name),
      ...(version === undefined ? {} : { version }),
      ...(bucket === undefined ? {} : { bucket }),
    });
    call.print(flagSwitch(parsed, "json") ? JSON.stringify(found, null, 2) : renderPackages(found));
    for (const { bucket: of, sbom, because } of found.unreadable_sboms) {
      call.report(`ingot: the packages of ${sbom} in ${of} are not known: ${because}`);
    }
    return 0;
  });
}

function questionOf(name: string): Readonly<Record<string, string>> {
  if (name.startsWith("pkg:")) return { purl: name };
  return name.endsWith("*") ? { name_starts_with: name.slice(0, -1) } : { name };
}

/** One line a build; of a bucket with many the server names those that channels serve, and the newest. */
export function renderPackages({ packages, unreadable_sboms: unreadable }: FoundPackages): string {
  if (packages.length === 0) {
    return unreadable.length === 0
      ? "No SBOM names this package."
      : "No SBOM that could be parsed names this package; some could not be.";
  }
  return renderTable(
    ["PACKAGE", "BUCKET", "VERSION", "BUILD", "CHANNELS", "NOTE"],
    packages.flatMap((one) => [
      ...one.builds.map((build) => [
        `${one.name} ${one.version}`.trimEnd(),
        one.bucket,
        build.version,
        build.component_type,
        build.channels.join(", ") || "-",
        build.revoke_at === null ? "" : `revoked from ${build.revoke_at}`,
      ]),
      ...(one.builds_total > one.builds.length
        ? [[`${one.name} ${one.version}`.trimEnd(), one.bucket, `and ${one.builds_total - one.builds.length} more`]]
        : []),
    ]),
  );
}
