import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { criticalityOf, type Criticality } from "./criticality.ts";
import type { ImageScope } from "./vulnerability.ts";

/** How many open vulnerabilities of one criticality something has. */
interface Counted {
  readonly criticality: Criticality;
  readonly vulnerabilities: number;
}

export interface VulnerabilitySummary {
  readonly packages: readonly (Counted & { readonly name: string; readonly version: string; readonly purl: string })[];
  readonly channels: readonly (Counted & { readonly id: string; readonly name: string })[];
  readonly totals: readonly (Counted & { readonly firstSeenAt: number; readonly averageAgeDays: number })[];
  /** Whether something is not known about the images in scope, and about those of which channels. */
  readonly unknown: { readonly anywhere: boolean; readonly channels: readonly { id: string; name: string }[] };
}

interface SummaryRow {
  readonly kind: "package" | "channel" | "total" | "unknown";
  readonly id: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly purl: string | null;
  readonly criticality: number | null;
  readonly vulnerabilities: number | null;
  readonly first_seen_at: number | null;
  readonly age_days: number | null;
}

/** Counts the open vulnerabilities of the images that the bucket gives out. One statement. */
export async function summarizeBucketVulnerabilities(db: Db, scope: ImageScope): Promise<VulnerabilitySummary> {
  const { bucketId, now } = scope;
  const readable = scope.withRestricted ? sql`` : sql`and c.restricted = 0`;
  // The cross join makes SQLite begin with the packages of the bucket; it would take the findings of everybody, to have
  // them in the order of the groups below.
  const { rows } = await sql<SummaryRow>`
    with given as (
      select v.id from versions as v
      where v.id in (select c.version_id from channels as c where c.bucket_id = ${bucketId})
        and (v.revoke_at is null or v.revoke_at > ${now})),
    named as (
      select c.id, c.name, c.version_id from channels as c where c.bucket_id = ${bucketId} ${readable}),
    held as (
      select distinct b.version_id, sp.package_id from given
      join builds as b on b.version_id = given.id
      join sboms as s on s.build_id = b.id
      join sbom_packages as sp on sp.sbom_id = s.id),
    found as (
      select held.version_id, held.package_id, f.vulnerability_id, f.first_seen_at, u.criticality from held
      cross join package_findings as f
      join vulnerabilities as u on u.id = f.vulnerability_id
      where f.package_id = held.package_id and f.resolved_at is null),
    seen as (
      select vulnerability_id, criticality, min(first_seen_at) as first_seen_at from found
      group by vulnerability_id, criticality),
    unsure as (
      select distinct given.id as version_id from given join builds as b on b.version_id = given.id
      where not exists (select 1 from sboms as s where s.build_id = b.id and s.state = 'parsed')
      union
      select distinct held.version_id from held
      left join package_scans as scan on scan.package_id = held.package_id
      where scan.state is null or scan.state <> 'judged')
    select 'package' as kind, cast(null as text) as id, p.name as name, p.version as version, p.purl as purl,
      found.criticality as criticality, count(distinct found.vulnerability_id) as vulnerabilities,
      cast(null as bigint) as first_seen_at, cast(null as double precision) as age_days
    from found join packages as p on p.id = found.package_id group by p.name, p.version, p.purl, found.criticality
    union all
    select 'channel', named.id, named.name, null, null, found.criticality, count(distinct found.vulnerability_id), null, null
    from found join named on named.version_id = found.version_id group by named.id, named.name, found.criticality
    union all
    select 'total', null, null, null, null, criticality, count(*), min(first_seen_at),
      avg(cast(${now} - first_seen_at as double precision)) / 86400000.0
    from seen group by criticality
    union all
    select 'unknown', named.id, named.name, null, null, null, null, null, null
    from unsure left join named on named.version_id = unsure.version_id
    order by 1, 6 desc, 3, 4, 5, 2`.execute(db);
  return toSummary(rows);
}

function toSummary(rows: readonly SummaryRow[]): VulnerabilitySummary {
  const ofKind = (kind: SummaryRow["kind"]) => rows.filter((row) => row.kind === kind);
  const counted = (row: SummaryRow): Counted => ({
    criticality: criticalityOf(Number(row.criticality)),
    vulnerabilities: Number(row.vulnerabilities),
  });
  const channelOf = ({ id, name }: SummaryRow) => ({ id: id ?? "", name: name ?? "" });
  const unknown = ofKind("unknown");
  return {
    packages: ofKind("package").map((row) => ({
      ...counted(row),
      name: row.name ?? "",
      version: row.version ?? "",
      purl: row.purl ?? "",
    })),
    channels: ofKind("channel").map((row) => ({ ...counted(row), ...channelOf(row) })),
    totals: ofKind("total").map((row) => ({
      ...counted(row),
      firstSeenAt: Number(row.first_seen_at),
      averageAgeDays: Number(row.age_days),
    })),
    unknown: {
      anywhere: unknown.length > 0,
      channels: [...new Map(unknown.filter((row) => row.id !== null).map((row) => [row.id, channelOf(row)])).values()],
    },
  };
}
