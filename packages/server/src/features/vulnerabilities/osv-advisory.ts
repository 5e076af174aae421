import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Millis } from "../../platform/clock.ts";
import { uncoveredVersions, type Affected, type RangeEvent } from "./affected.ts";
import type { Criticality } from "./criticality.ts";
import { parseEcosystem, type Ecosystem } from "./ecosystem.ts";
import { rateSeverity } from "./severity.ts";

/** What is kept of an advisory for one ecosystem. */
export interface Advisory {
  readonly identifier: string;
  readonly description: string;
  /** Other names of the same vulnerability. */
  readonly refersTo: readonly string[];
  readonly related: readonly string[];
  readonly severity: string;
  readonly criticality: Criticality;
  readonly publishedAt: Millis | null;
  readonly modifiedAt: Millis | null;
  readonly withdrawnAt: Millis | null;
  /** By the name of the package; empty once it is withdrawn. */
  readonly packages: ReadonlyMap<string, readonly Affected[]>;
}

const Texts = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));
const Ratings = Type.Optional(
  Type.Union([Type.Array(Type.Object({ type: Type.String(), score: Type.String() })), Type.Null()]),
);
const Specific = Type.Optional(
  Type.Union([
    Type.Object({ severity: Type.Optional(Type.Unknown()), urgency: Type.Optional(Type.Unknown()) }),
    Type.Null(),
  ]),
);
const EventSchema = Type.Object({
  introduced: Type.Optional(Type.String()),
  fixed: Type.Optional(Type.String()),
  last_affected: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String()),
});
// Only what is used, as the schema of OSV 1.7 has it; unknown members are ignored, as it demands.
const AdvisorySchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 256 }),
  modified: Type.String(),
  published: Type.Optional(Type.String()),
  withdrawn: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  aliases: Texts,
  upstream: Texts,
  related: Texts,
  summary: Type.Optional(Type.String()),
  details: Type.Optional(Type.String()),
  severity: Ratings,
  database_specific: Specific,
  affected: Type.Optional(
    Type.Array(
      Type.Object({
        package: Type.Optional(Type.Object({ ecosystem: Type.String(), name: Type.String({ maxLength: 1024 }) })),
        severity: Ratings,
        versions: Texts,
        ranges: Type.Optional(
          Type.Union([Type.Array(Type.Object({ type: Type.String(), events: Type.Array(EventSchema) })), Type.Null()]),
        ),
        ecosystem_specific: Specific,
        database_specific: Specific,
      }),
    ),
  ),
});
type OsvAdvisory = Static<typeof AdvisorySchema>;
type OsvAffected = NonNullable<OsvAdvisory["affected"]>[number];

const checker = Compile(AdvisorySchema);
const descriptionLengthMax = 2000;
const namesMax = 200;

/** The document when it is an advisory, undefined otherwise. */
export function readOsvAdvisory(text: string): OsvAdvisory | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return checker.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The ecosystems, of those that can be judged, which the advisory is about. */
export function ecosystemsOf(document: OsvAdvisory): Set<Ecosystem> {
  return new Set(
    (document.affected ?? []).flatMap((one) => parseEcosystem(one.package?.ecosystem ?? "")?.ecosystem ?? []),
  );
}

/** What the advisory says about one ecosystem; undefined when that is nothing. */
export function adviseOn(ecosystem: Ecosystem, document: OsvAdvisory): Advisory | undefined {
  const withdrawnAt = parseTime(document.withdrawn);
  const mine = (document.affected ?? []).flatMap((one) => {
    const place = parseEcosystem(one.package?.ecosystem ?? "");
    return place?.ecosystem === ecosystem ? [{ release: place.release, affected: one }] : [];
  });
  if (mine.length === 0) return undefined;
  return {
    identifier: document.id,
    description: cleanText(document.summary || document.details || "").slice(0, descriptionLengthMax),
    refersTo: namesOf([...(document.aliases ?? []), ...(document.upstream ?? [])]),
    related: namesOf(document.related ?? []),
    ...rateSeverity(
      [...(document.severity ?? []), ...mine.flatMap((one) => one.affected.severity ?? [])],
      wordsOf(
        document,
        mine.map((one) => one.affected),
      ),
    ),
    publishedAt: parseTime(document.published),
    modifiedAt: parseTime(document.modified),
    withdrawnAt,
    packages: withdrawnAt === null ? packagesOf(ecosystem, mine) : new Map(),
  };
}

function packagesOf(
  ecosystem: Ecosystem,
  mine: readonly { readonly release: string; readonly affected: OsvAffected }[],
): Map<string, Affected[]> {
  const packages = new Map<string, Affected[]>();
  for (const { release, affected } of mine) {
    const name = cleanText(affected.package?.name ?? "");
    // A range of commits cannot be answered by versions; its versions are listed.
    const ranges = (affected.ranges ?? [])
      .filter((range) => range.type !== "GIT")
      .map((range) => range.events.flatMap(singleEvents));
    const versions = uncoveredVersions(ecosystem, affected.versions ?? [], ranges);
    const known = packages.get(name);
    if (known === undefined) packages.set(name, [{ release, versions, ranges }]);
    else known.push({ release, versions, ranges });
  }
  return packages;
}

/** One member each, as the schema demands; archives have had events with several. */
function singleEvents({ introduced, fixed, last_affected, limit }: RangeEvent): RangeEvent[] {
  return [
    ...(introduced === undefined ? [] : [{ introduced }]),
    ...(fixed === undefined ? [] : [{ fixed }]),
    ...(last_affected === undefined ? [] : [{ last_affected }]),
    ...(limit === undefined ? [] : [{ limit }]),
  ];
}

/** What the database itself calls it, in the several places where databases write that. */
function wordsOf(document: OsvAdvisory, affected: readonly OsvAffected[]): string[] {
  const specific = [document.database_specific];
  for (const one of affected) specific.push(one.ecosystem_specific, one.database_specific);
  const said = specific.flatMap((one) => [one?.severity, one?.urgency]).filter((word) => typeof word === "string");
  // Enterprise distributions begin their summaries with it.
  const begins = /^(Critical|Important|Moderate|Low): /.exec(document.summary ?? "")?.[1];
  return begins === undefined ? said : [...said, begins];
}

function namesOf(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== "" && name.length <= 256).map(cleanText))].slice(0, namesMax);
}

/** PostgreSQL stores no NUL. */
function cleanText(text: string): string {
  return text.replaceAll("\u0000", "");
}

function parseTime(text: string | null | undefined): Millis | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
}
