import type { Db, Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { groupBy } from "../../platform/group-by.ts";
import { newUlid } from "../../platform/ids.ts";
import { keepVulnerabilities, listAdvised, type AdvisedPackageRow } from "./advisory-store.ts";
import { judge } from "./affected.ts";
import { orderOf } from "./ecosystem.ts";
import { findCurrentImports, lockArchives } from "./import-store.ts";
import {
  findOrganizationOfSbom,
  listOutdatedPackages,
  listUnscannedPackages,
  saveScans,
  type Match,
  type Scan,
  type ScannedPackage,
  type ScanState,
} from "./scan-store.ts";
import { subjectOf, type Subject } from "./subject.ts";

export interface ScanDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** The job after an SBOM has been read. */
export const scanSbomJob = "scan-sbom-packages";
/** The job after an archive has been replaced. */
export const rescanEcosystemJob = "rescan-ecosystem-packages";

export interface RescanEcosystem {
  readonly organizationId: string;
  readonly ecosystem: string;
  readonly importId: string;
}

// One of them may be the kernel, with ten thousand advisories.
const packagesAtOnce = 100;

/** Has the packages of the SBOM judged; called in the transaction that writes them. */
export async function queueSbomScan(tx: Tx, sbomId: string, now: number): Promise<void> {
  await enqueueJob(tx, { kind: scanSbomJob, payload: { sbomId } }, now);
}

/** Judges every package of the SBOM that nobody has asked an archive about. Repeatable. */
export async function scanSbom(deps: ScanDeps, sbomId: string): Promise<void> {
  const organizationId = await findOrganizationOfSbom(deps.db, sbomId);
  if (organizationId === undefined) return;
  for (;;) {
    const packages = await listUnscannedPackages(deps.db, sbomId, packagesAtOnce);
    if (packages.length === 0) return;
    await scanPackages(deps, organizationId, packages);
  }
}

/**
 * Judges the packages of an ecosystem again that an earlier archive has judged, or none; and those of no ecosystem, which a
 * newer server may know better. Repeatable.
 */
export async function rescanEcosystem(deps: ScanDeps, rescan: RescanEcosystem): Promise<void> {
  for (const ecosystem of [rescan.ecosystem, ""]) {
    let after = "";
    for (;;) {
      const page = { after, limit: packagesAtOnce };
      const packages = await listOutdatedPackages(deps.db, { ...rescan, ecosystem }, page);
      const last = packages.at(-1);
      if (last === undefined) break;
      await scanPackages(deps, rescan.organizationId, packages);
      after = last.id;
    }
  }
}

interface Judged {
  readonly state: ScanState;
  readonly findings: readonly { readonly identifier: string; readonly fixedVersion: string }[];
}

/** Judges these packages by the archives that speak now, and writes what was found. */
async function scanPackages(
  deps: ScanDeps,
  organizationId: string,
  packages: readonly ScannedPackage[],
): Promise<void> {
  for (;;) {
    const current = await findCurrentImports(deps.db, organizationId);
    const judged = await judgePackages(deps.db, current, packages);
    const saved = await deps.db.transaction().execute(async (tx) => {
      await lockArchives(tx, organizationId);
      // An archive that was replaced while its predecessor was read: what was read says nothing.
      if (!isSame(current, await findCurrentImports(tx, organizationId))) return false;
      const matches = await keepMatches(tx, organizationId, judged);
      await saveScans(
        tx,
        judged.map((one) => ({ ...one.scan, organizationId })),
        matches,
        deps.now(),
      );
      return true;
    });
    if (saved) return;
  }
}

interface JudgedPackage extends Judged {
  readonly scan: Omit<Scan, "organizationId">;
}

async function judgePackages(
  db: Db,
  current: ReadonlyMap<string, string>,
  packages: readonly ScannedPackage[],
): Promise<JudgedPackage[]> {
  const subjects = packages.map((item) => ({ item, found: subjectOf(item) }));
  const advised = await readAdvised(
    db,
    current,
    subjects.flatMap(({ found }) => ("subject" in found ? [found.subject] : [])),
  );
  return subjects.map(({ item, found }): JudgedPackage => {
    const ecosystem = ("subject" in found ? found.subject.ecosystem : found.ecosystem) ?? "";
    const importId = current.get(ecosystem) ?? "";
    const { state, findings } =
      "obstacle" in found
        ? { state: found.obstacle, findings: [] }
        : judgeSubject(found.subject, importId === "" ? undefined : (advised.get(ecosystem) ?? new Map()));
    return { scan: { packageId: item.id, ecosystem, state, importId }, state, findings };
  });
}

type Advised = ReadonlyMap<string, readonly AdvisedPackageRow[]>;

/** What the archives say, by ecosystem and name. */
async function readAdvised(
  db: Db,
  current: ReadonlyMap<string, string>,
  subjects: readonly Subject[],
): Promise<Map<string, Advised>> {
  const advised = new Map<string, Advised>();
  for (const [ecosystem, some] of groupBy(subjects, (subject) => subject.ecosystem)) {
    const importId = current.get(ecosystem);
    if (importId === undefined) continue;
    const names = some.flatMap((subject) => subject.names.map((one) => one.name));
    advised.set(
      ecosystem,
      groupBy(await listAdvised(db, importId, names), (row) => row.name),
    );
  }
  return advised;
}

/** Nothing advised and no archive are different things: an archive that is silent about a package says that it is clean. */
function judgeSubject(subject: Subject, advised: Advised | undefined): Judged {
  if (advised === undefined) return { state: "no_archive", findings: [] };
  const compare = orderOf(subject.ecosystem);
  const findings = new Map<string, string>();
  let state: ScanState = subject.names.some((one) => compare(one.version, one.version) === undefined)
    ? "no_version"
    : "judged";
  for (const name of subject.names) {
    for (const row of advised.get(name.name) ?? []) {
      const verdict = judge(subject, name, row.affected);
      if (verdict.kind === "affected") findings.set(row.identifier, verdict.fixedVersion);
      else if (verdict.kind === "undecided" && state === "judged") state = "undecided";
    }
  }
  return { state, findings: [...findings].map(([identifier, fixedVersion]) => ({ identifier, fixedVersion })) };
}

async function keepMatches(tx: Tx, organizationId: string, judged: readonly JudgedPackage[]): Promise<Match[]> {
  const matches: Match[] = [];
  for (const [importId, some] of groupBy(judged, (one) => one.scan.importId)) {
    const identifiers = some.flatMap((one) => one.findings.map((finding) => finding.identifier));
    const ids = await keepVulnerabilities(tx, { organizationId, importId, newId: newUlid }, identifiers);
    for (const one of some) {
      for (const { identifier, fixedVersion } of one.findings) {
        const vulnerabilityId = ids.get(identifier);
        if (vulnerabilityId !== undefined) {
          matches.push({ packageId: one.scan.packageId, vulnerabilityId, fixedVersion });
        }
      }
    }
  }
  return matches;
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([ecosystem, importId]) => b.get(ecosystem) === importId);
}
