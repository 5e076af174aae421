import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { inProjects } from "../../db/in-projects.ts";
import { keyset } from "../../db/keyset.ts";
import { groupBy } from "../../platform/group-by.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { ProjectScope } from "../access/index.ts";

/** A complete version with a vulnerability that is not resolved. */
export interface AffectedVersion {
  readonly versionId: string;
  readonly bucketName: string;
  readonly number: number;
  readonly fingerprint: string;
  readonly revokeAt: number | null;
  /** What is vulnerable in it. */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly fixedVersion: string }[];
  /** The channels that point at it; restricted ones are left out. */
  readonly channels: readonly string[];
  /** The workspaces that run it, of the projects in scope. */
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
}

export interface AffectedFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** Any of the vulnerability's names. */
  readonly name: string;
}

/** One page of who is affected, by bucket. Two statements. */
export async function listAffectedVersions(
  db: Db,
  filter: AffectedFilter,
  page: KeysetPage,
): Promise<KeysetItems<AffectedVersion>> {
  const rows = await findings(db, filter)
    .innerJoin("buckets as k", "k.id", "v.bucket_id")
    .select(["v.id", "k.name as bucket_name", "v.number", "v.fingerprint", "v.revoke_at"])
    .distinct()
    .$call(keyset({ column: "k.name", id: "v.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => [row.bucket_name, row.id]);
  const places = await listPlaces(
    db,
    filter,
    cut.items.map((row) => row.id),
  );
  return {
    ...cut,
    items: cut.items.map((row): AffectedVersion => {
      const mine = places.get(row.id) ?? [];
      const ofKind = (kind: PlaceRow["kind"]) => mine.filter((one) => one.kind === kind);
      return {
        versionId: row.id,
        bucketName: row.bucket_name,
        number: row.number ?? 0,
        fingerprint: row.fingerprint,
        revokeAt: row.revoke_at,
        packages: ofKind("package").map((one) => ({ name: one.a, version: one.b, fixedVersion: one.c })),
        channels: ofKind("channel").map((one) => one.a),
        workspaces: ofKind("workspace").map((one) => ({ id: one.a, name: one.b })),
      };
    }),
  };
}

function findings(db: Db, filter: AffectedFilter) {
  return db
    .selectFrom("vulnerability_names as n")
    .innerJoin("package_findings as f", "f.vulnerability_id", "n.vulnerability_id")
    .innerJoin("packages as p", "p.id", "f.package_id")
    .innerJoin("sbom_packages as sp", "sp.package_id", "p.id")
    .innerJoin("sboms as s", "s.id", "sp.sbom_id")
    .innerJoin("builds as b", "b.id", "s.build_id")
    .innerJoin("versions as v", "v.id", "b.version_id")
    .where("n.organization_id", "=", filter.organizationId)
    .where("n.name", "=", filter.name)
    .where("f.resolved_at", "is", null)
    .where("v.number", "is not", null)
    .where(inProjects("p.project_id", filter.projects));
}

interface PlaceRow {
  readonly kind: "package" | "channel" | "workspace";
  readonly version_id: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

async function listPlaces(
  db: Db,
  filter: AffectedFilter,
  versionIds: readonly string[],
): Promise<Map<string, PlaceRow[]>> {
  if (versionIds.length === 0) return new Map();
  const rows = await findings(db, filter)
    .where("v.id", "in", versionIds)
    .select([
      sql<PlaceRow["kind"]>`'package'`.as("kind"),
      "v.id as version_id",
      "p.name as a",
      "p.version as b",
      "f.fixed_version as c",
    ])
    .union(
      db
        .selectFrom("channels as c")
        .where("c.version_id", "in", versionIds)
        .where("c.restricted", "=", 0)
        .select([
          sql<PlaceRow["kind"]>`'channel'`.as("kind"),
          sql<string>`c.version_id`.as("version_id"),
          "c.name as a",
          sql<string>`''`.as("b"),
          sql<string>`''`.as("c"),
        ]),
    )
    .union(
      db
        .selectFrom("image_uses as i")
        .innerJoin("workspaces as w", "w.id", "i.workspace_id")
        .where("i.version_id", "in", versionIds)
        .where("i.organization_id", "=", filter.organizationId)
        .where(inProjects("w.project_id", filter.projects))
        .select([
          sql<PlaceRow["kind"]>`'workspace'`.as("kind"),
          sql<string>`i.version_id`.as("version_id"),
          "w.id as a",
          "w.name as b",
          sql<string>`''`.as("c"),
        ]),
    )
    .orderBy("a")
    .execute();
  return groupBy(rows, (row) => row.version_id);
}
