import type { ProjectScope } from "../access/index.ts";
import { inProjects } from "../../db/in-projects.ts";
import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";

/** What a version in use comes from. */
export interface Root {
  readonly bucketName: string;
  readonly versionName: string;
  readonly depth: number;
}

export interface LineageFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  readonly bucketName: string;
  /** `v3`; absent: every version of the bucket. */
  readonly versionName?: string;
}

// An image with more descendants than this needs a narrower question; the list says so instead of lying by omission.
const lineageMax = 10_000;

/**
 * The versions of a bucket and their descendants, each with the nearest root it comes from. One statement. Errors:
 * invalid/lineage_too_large.
 */
export async function listLineage(db: Db, filter: LineageFilter): Promise<Map<string, Root>> {
  const number =
    filter.versionName === undefined ? undefined : Number(/^v(\d+)$/.exec(filter.versionName)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return new Map();
  const rows = await db
    .withRecursive("lineage", (cte) => {
      let roots = cte
        .selectFrom("versions as v")
        .innerJoin("buckets as b", "b.id", "v.bucket_id")
        .innerJoin("projects as p", "p.id", "b.project_id")
        .select(["v.id as id", "v.number as root_number", sql<number>`0`.as("depth")])
        .where("p.organization_id", "=", filter.organizationId)
        .where("b.name", "=", filter.bucketName);
      roots = roots.where(inProjects("p.id", filter.projects));
      if (number !== undefined) roots = roots.where("v.number", "=", number);
      return roots.union(
        cte
          .selectFrom("lineage as l")
          .innerJoin("builds as child", "child.parent_version_id", "l.id")
          .select(["child.version_id as id", "l.root_number", sql<number>`l.depth + 1`.as("depth")])
          // Ancestry has no cycles; the bound keeps a damaged database from running for ever.
          .where("l.depth", "<", 100),
      );
    })
    .selectFrom("lineage")
    .select(["id", "root_number", "depth"])
    .orderBy("depth")
    .limit(lineageMax + 1)
    .execute();
  if (rows.length > lineageMax) {
    throw new DomainError(
      "invalid",
      "lineage_too_large",
      `${filter.bucketName} has too many descendants to list; name one version, such as v3.`,
    );
  }
  const lineage = new Map<string, Root>();
  for (const row of rows) {
    if (!lineage.has(row.id))
      lineage.set(row.id, {
        bucketName: filter.bucketName,
        versionName: `v${row.root_number ?? 0}`,
        depth: Number(row.depth),
      });
  }
  return lineage;
}
