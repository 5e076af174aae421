import { renderTable } from "../command-line/render-table.ts";
import type { Affected, Coverage, VersionVulnerabilities } from "../connection/vulnerabilities.ts";
import { renderTime } from "./render-findings.ts";

export function renderCoverage(ecosystems: readonly Coverage[]): string {
  if (ecosystems.length === 0) return "There is no archive of advisories, and no package that would need one.";
  return renderTable(
    ["ECOSYSTEM", "IMPORTED", "ADVISORIES", "PACKAGES", "JUDGED", "FILE", "SHA-256"],
    ecosystems.map(({ ecosystem, archive, packages, packages_judged: judged }) => [
      ecosystem ?? "(none)",
      archive === null ? "no archive" : renderTime(archive.ended_at ?? ""),
      archive === null ? "-" : String(archive.advisories),
      String(packages),
      String(judged),
      archive?.file_name ?? "-",
      archive?.sha256.slice(0, 12) ?? "-",
    ]),
  );
}

export function renderVersion(version: VersionVulnerabilities): string {
  const { vulnerabilities } = version;
  const found =
    vulnerabilities.length === 0
      ? `${version.bucket} ${version.version}: no vulnerability is known.`
      : renderTable(
          ["IDENTIFIER", "CRITICALITY", "PACKAGE", "VERSION", "FIXED IN", "ALSO"],
          vulnerabilities.map((one) => [
            one.identifier,
            one.criticality,
            one.package.name,
            one.package.version,
            one.fixed_version ?? "-",
            one.refers_to.join(", "),
          ]),
        );
  return [found, ...renderGaps(version)].join("\n");
}

const reasons: Record<string, string> = {
  pending: "have not been judged yet",
  no_archive: "cannot be judged: import the archive of their ecosystem",
  no_ecosystem: "are of an ecosystem that no advisories are read for",
  no_release: "do not say which release of their distribution they are of",
  no_version: "have no version that can be compared",
  undecided: "have an advisory that cannot be compared",
};

/** What is not known; a list without these lines would look as if the rest were clean. */
function renderGaps({ builds, builds_with_sbom: withSbom, packages }: VersionVulnerabilities): string[] {
  return [
    ...(withSbom < builds
      ? [`unknown: ${builds - withSbom} of ${builds} builds have no SBOMs that could all be read`]
      : []),
    ...packages
      .filter((one) => one.state !== "judged")
      .map(
        (one) =>
          `unknown: ${one.packages} packages${one.ecosystem === null ? "" : ` of ${one.ecosystem}`} ${reasons[one.state] ?? one.state}`,
      ),
  ];
}

export function renderAffected(affected: readonly Affected[]): string {
  if (affected.length === 0) {
    return "No package that could be judged is affected. `ingot vulnerabilities status` shows what could not.";
  }
  return renderTable(
    ["IMAGE", "VERSION", "PACKAGES", "CHANNELS", "WORKSPACES"],
    affected.map((one) => [
      one.bucket,
      one.version,
      one.packages.map((item) => `${item.name} ${item.version}`).join(", "),
      one.channels.join(", ") || "-",
      one.workspaces.map((workspace) => workspace.name).join(", ") || "-",
    ]),
  );
}
