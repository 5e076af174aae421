import type { VersionOrder } from "../../platform/version-order/index.ts";
import { appliesTo, orderOf, type Ecosystem } from "./ecosystem.ts";
import type { AdvisedName, Subject } from "./subject.ts";

/** One change in the course of a range; exactly one member. */
export interface RangeEvent {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
  readonly limit?: string;
}

/** What an advisory says of one package in one release. */
export interface Affected {
  /** Empty: every release of the ecosystem. */
  readonly release: string;
  /** Affected versions that no range covers. */
  readonly versions: readonly string[];
  readonly ranges: readonly (readonly RangeEvent[])[];
}

/** `undecided`: a version in it cannot be compared, so nothing may be concluded. */
export type Verdict =
  | { readonly kind: "affected"; readonly fixedVersion: string }
  | { readonly kind: "unaffected" }
  | { readonly kind: "undecided" };

const unaffected: Verdict = { kind: "unaffected" };
const undecided: Verdict = { kind: "undecided" };

/** What one advisory about one name means for a package. Source: OSV schema, Evaluation. */
export function judge(subject: Subject, name: AdvisedName, affected: readonly Affected[]): Verdict {
  const compare = orderOf(subject.ecosystem);
  const verdicts = affected
    .filter((one) => appliesTo(subject.ecosystem, one.release, subject.release))
    .map((one) => judgeAffected(compare, name.version, one));
  const hits = verdicts.filter((one) => one.kind === "affected");
  // Of several, one that says how to get rid of it.
  const hit = hits.find((one) => one.fixedVersion !== "") ?? hits[0];
  return hit ?? verdicts.find((one) => one.kind === "undecided") ?? unaffected;
}

function judgeAffected(compare: VersionOrder, version: string, affected: Affected): Verdict {
  const verdicts = affected.ranges.map((events) => judgeRange(compare, version, events));
  const hit = verdicts.find((one) => one.kind === "affected");
  if (hit !== undefined) return hit;
  if (affected.versions.some((one) => isSame(compare, one, version))) {
    return { kind: "affected", fixedVersion: firstFixAfter(compare, version, affected.ranges.flat()) };
  }
  return verdicts.find((one) => one.kind === "undecided") ?? unaffected;
}

/** Whether a range covers the version, and what ends it. */
export function judgeRange(compare: VersionOrder, version: string, events: readonly RangeEvent[]): Verdict {
  const sorted = sortEvents(compare, events);
  if (sorted === undefined || compare(version, version) === undefined) return undecided;
  if (!isBeforeLimits(compare, version, events)) return unaffected;
  let hit = false;
  for (const event of sorted) {
    if (event.introduced !== undefined && reaches(compare, version, event.introduced)) hit = true;
    else if (event.fixed !== undefined && order(compare, version, event.fixed) >= 0) hit = false;
    else if (event.last_affected !== undefined && order(compare, version, event.last_affected) > 0) hit = false;
  }
  return hit ? { kind: "affected", fixedVersion: firstFixAfter(compare, version, sorted) } : unaffected;
}

function isSame(compare: VersionOrder, a: string, b: string): boolean {
  return a === b || compare(a, b) === 0;
}

/** "0" as the beginning stands for what is before every version. */
function reaches(compare: VersionOrder, version: string, introduced: string): boolean {
  return introduced === "0" || order(compare, version, introduced) >= 0;
}

function isBeforeLimits(compare: VersionOrder, version: string, events: readonly RangeEvent[]): boolean {
  const limits = events.flatMap((event) => event.limit ?? []);
  return limits.length === 0 || limits.some((limit) => limit.includes("*") || order(compare, version, limit) < 0);
}

/** Undefined when one of the versions is none. */
function sortEvents(compare: VersionOrder, events: readonly RangeEvent[]): RangeEvent[] | undefined {
  const timed = events.filter((event) => event.limit === undefined || !event.limit.includes("*"));
  if (timed.some((event) => event.introduced !== "0" && compare(versionOf(event), versionOf(event)) === undefined)) {
    return undefined;
  }
  return timed.toSorted((a, b) => {
    if (a.introduced === "0" || b.introduced === "0") {
      return Number(b.introduced === "0") - Number(a.introduced === "0");
    }
    return order(compare, versionOf(a), versionOf(b));
  });
}

function versionOf(event: RangeEvent): string {
  return event.introduced ?? event.fixed ?? event.last_affected ?? event.limit ?? "";
}

function firstFixAfter(compare: VersionOrder, version: string, events: readonly RangeEvent[]): string {
  return events
    .flatMap((event) => event.fixed ?? [])
    .filter((fixed) => (compare(fixed, version) ?? 0) > 0)
    .reduce((first, fixed) => (first === "" || order(compare, fixed, first) < 0 ? fixed : first), "");
}

/** Of versions that are known to be some. */
function order(compare: VersionOrder, a: string, b: string): number {
  return compare(a, b) ?? 0;
}

/** The advised versions that no range covers: an archive lists every affected version besides its ranges. */
export function uncoveredVersions(
  ecosystem: Ecosystem,
  versions: readonly string[],
  ranges: readonly (readonly RangeEvent[])[],
): string[] {
  const compare = orderOf(ecosystem);
  return versions.filter(
    (version) => !ranges.some((events) => judgeRange(compare, version, events).kind === "affected"),
  );
}
