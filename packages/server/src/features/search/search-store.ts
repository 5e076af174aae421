import { inProjects } from "../../db/in-projects.ts";
import type { BucketScope } from "../access/index.ts";
import { sql } from "kysely";
import { beginsWithText, containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { versionName } from "../versions/index.ts";
import { parseSearch, type Finding } from "./search.ts";

export interface SearchFilter extends BucketScope {
  readonly organizationId: string;
  /** Not empty. */
  readonly query: string;
  /** Of each kind. */
  readonly limit: number;
}

/**
 * Buckets, versions, workspaces and images (by identifier) with the text in what they are called; what begins with it
 * first. Five statements, each of them bounded.
 */
export async function search(db: Db, filter: SearchFilter): Promise<Finding[]> {
  return [
    ...(await findBuckets(db, filter)),
    ...(await findVersions(db, filter)),
    ...(await findWorkspaces(db, filter)),
    ...(await findImages(db, filter)),
  ];
}

/** 0 for what begins with the text. */
function rank(column: string, text: string) {
  return sql`case when ${beginsWithText(column, text)} then 0 else 1 end`;
}

function bucketsOf(db: Db, filter: SearchFilter) {
  return db
    .selectFrom("buckets as b")
    .innerJoin("projects as p", "p.id", "b.project_id")
    .where("p.organization_id", "=", filter.organizationId)
    .where((e) =>
      e.or([
        inProjects("p.id", filter.projects),
        ...filter.buckets.map(({ projectId, name }) => e.and({ "b.project_id": projectId, "b.name": name })),
      ]),
    );
}

async function findBuckets(db: Db, filter: SearchFilter): Promise<Finding[]> {
  const { text } = parseSearch(filter.query);
  const rows = await bucketsOf(db, filter)
    .select(["b.name", "b.description"])
    .where((e) => e.or([containsText("b.name", text), containsText("b.description", text)]))
    .orderBy(rank("b.name", text))
    .orderBy("b.name")
    .orderBy("b.id")
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({ kind: "bucket", bucketName: row.name, description: row.description }));
}

async function findVersions(db: Db, filter: SearchFilter): Promise<Finding[]> {
  const { text, version } = parseSearch(filter.query);
  const rows = await bucketsOf(db, filter)
    .innerJoin("versions as v", "v.bucket_id", "b.id")
    .select(["b.name", "v.number", "v.fingerprint"])
    .where((e) =>
      e.or([
        containsText("v.fingerprint", text),
        ...(version === null
          ? []
          : [
              e.and([
                e("v.number", "=", version.number),
                ...(version.bucketPart === "" ? [] : [containsText("b.name", version.bucketPart)]),
              ]),
            ]),
      ]),
    )
    .orderBy(rank("v.fingerprint", text))
    .orderBy("v.created_at", "desc")
    .orderBy("v.id", "desc")
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({
    kind: "version",
    bucketName: row.name,
    versionName: versionName(row.number),
    fingerprint: row.fingerprint,
  }));
}

async function findWorkspaces(db: Db, filter: SearchFilter): Promise<Finding[]> {
  const { text } = parseSearch(filter.query);
  let query = db
    .selectFrom("workspaces as w")
    .select(["w.id", "w.name", "w.description"])
    .where("w.organization_id", "=", filter.organizationId)
    .where((e) => e.or([containsText("w.name", text), e("w.id", "=", filter.query.trim())]));
  query = query.where(inProjects("w.project_id", filter.projects));
  const rows = await query
    .orderBy(rank("w.name", text))
    .orderBy("w.name")
    .orderBy("w.id")
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({ kind: "workspace", id: row.id, name: row.name, description: row.description }));
}

/** Identifiers of artifacts, newest first, and identifiers that something runs though the registry never knew them. */
async function findImages(db: Db, filter: SearchFilter): Promise<Finding[]> {
  const { text } = parseSearch(filter.query);
  const known = await bucketsOf(db, filter)
    .innerJoin("versions as v", "v.bucket_id", "b.id")
    .innerJoin("builds as bu", "bu.version_id", "v.id")
    .innerJoin("artifacts as a", "a.build_id", "bu.id")
    .select(["a.external_identifier as identifier", "b.name", "v.number", "v.fingerprint"])
    .distinct()
    .select("v.created_at")
    .where(containsText("a.external_identifier", text))
    .orderBy("v.created_at", "desc")
    .orderBy("a.external_identifier")
    .limit(filter.limit)
    .execute();
  let untracked = db
    .selectFrom("image_uses as u")
    .innerJoin("workspaces as w", "w.id", "u.workspace_id")
    .select("u.external_identifier as identifier")
    .distinct()
    .where("u.organization_id", "=", filter.organizationId)
    .where("u.version_id", "is", null)
    .where(containsText("u.external_identifier", text));
  untracked = untracked.where(inProjects("w.project_id", filter.projects));
  const unknown = await untracked.orderBy("u.external_identifier").limit(filter.limit).execute();
  return [
    ...known.map((row): Finding => ({
      kind: "image",
      identifier: row.identifier,
      version: { bucketName: row.name, versionName: versionName(row.number), fingerprint: row.fingerprint },
    })),
    ...unknown.map((row): Finding => ({ kind: "image", identifier: row.identifier, version: null })),
  ].slice(0, filter.limit);
}
