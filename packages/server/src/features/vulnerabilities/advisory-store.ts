import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Affected } from "./affected.ts";
import { rankOf } from "./criticality.ts";
import type { Advisory } from "./osv-advisory.ts";

// Nine parameters a row at most, of the 32,766 that SQLite takes.
const rowsAtOnce = 500;
const namesDeletedAtOnce = 200;

/** Adds advisories to an import. Adding one again changes nothing, so that an import can begin again after a crash. */
export async function insertAdvisories(tx: Tx, importId: string, advisories: readonly Advisory[]): Promise<void> {
  const rows = advisories.map((one) => ({
    import_id: importId,
    identifier: one.identifier,
    description: one.description,
    refers_to: JSON.stringify(one.refersTo),
    related: JSON.stringify(one.related),
    severity: one.severity,
    criticality: rankOf(one.criticality),
    published_at: one.publishedAt,
    withdrawn_at: one.withdrawnAt,
  }));
  await inChunks(
    rows,
    (chunk) =>
      tx
        .insertInto("advisories")
        .values([...chunk])
        .onConflict((c) => c.columns(["import_id", "identifier"]).doNothing())
        .execute(),
    rowsAtOnce,
  );
  const packages = advisories.flatMap((one) =>
    [...one.packages].map(([name, affected]) => ({
      import_id: importId,
      name,
      identifier: one.identifier,
      affected: JSON.stringify(affected),
    })),
  );
  await inChunks(
    packages,
    (chunk) =>
      tx
        .insertInto("advisory_packages")
        .values([...chunk])
        .onConflict((c) => c.columns(["import_id", "name", "identifier"]).doNothing())
        .execute(),
    rowsAtOnce,
  );
}

/** What an import says about a package. */
export interface AdvisedPackageRow {
  readonly name: string;
  readonly identifier: string;
  readonly affected: readonly Affected[];
}

/** Everything that an import says about packages of these names. */
export async function listAdvised(db: Db, importId: string, names: readonly string[]): Promise<AdvisedPackageRow[]> {
  const rows = await inChunks([...new Set(names)], (chunk) =>
    db
      .selectFrom("advisory_packages")
      .select(["name", "identifier", "affected"])
      .where("import_id", "=", importId)
      .where("name", "in", chunk)
      .execute(),
  );
  return rows.map((row) => ({ ...row, affected: JSON.parse(row.affected) as Affected[] }));
}

/**
 * Copies these advisories of an import to the organization's vulnerabilities, where they outlive the import. Returns their
 * ids by identifier. The caller holds the archives' lock.
 */
export async function keepVulnerabilities(
  tx: Tx,
  source: { readonly organizationId: string; readonly importId: string; readonly newId: () => string },
  identifiers: readonly string[],
): Promise<Map<string, string>> {
  const { organizationId, importId } = source;
  const rows = await inChunks([...new Set(identifiers)], (chunk) =>
    tx
      .selectFrom("advisories")
      .select([
        "identifier",
        "description",
        "refers_to",
        "related",
        "severity",
        "criticality",
        "published_at",
        "withdrawn_at",
      ])
      .where("import_id", "=", importId)
      .where("identifier", "in", chunk)
      .execute(),
  );
  const kept = await inChunks(
    rows,
    (chunk) =>
      tx
        .insertInto("vulnerabilities")
        .values(chunk.map((row) => ({ ...row, id: source.newId(), organization_id: organizationId })))
        .onConflict((c) =>
          c.columns(["organization_id", "identifier"]).doUpdateSet((e) => ({
            description: e.ref("excluded.description"),
            refers_to: e.ref("excluded.refers_to"),
            related: e.ref("excluded.related"),
            severity: e.ref("excluded.severity"),
            criticality: e.ref("excluded.criticality"),
            published_at: e.ref("excluded.published_at"),
            withdrawn_at: e.ref("excluded.withdrawn_at"),
          })),
        )
        .returning(["id", "identifier", "refers_to", "related"])
        .execute(),
    rowsAtOnce,
  );
  await insertNames(tx, organizationId, kept);
  return new Map(kept.map((row) => [row.identifier, row.id]));
}

async function insertNames(
  tx: Tx,
  organizationId: string,
  rows: readonly { id: string; identifier: string; refers_to: string; related: string }[],
): Promise<void> {
  const names = rows.flatMap((row) => {
    const others = [...(JSON.parse(row.refers_to) as string[]), ...(JSON.parse(row.related) as string[])];
    return [...new Set([row.identifier, ...others])].map((name) => ({
      organization_id: organizationId,
      name,
      vulnerability_id: row.id,
    }));
  });
  await inChunks(
    names,
    (chunk) =>
      tx
        .insertInto("vulnerability_names")
        .values([...chunk])
        .onConflict((c) => c.columns(["organization_id", "name", "vulnerability_id"]).doNothing())
        .execute(),
    rowsAtOnce,
  );
}

/** Writes on the organization's vulnerabilities when this import's database took them back. */
export async function noteWithdrawals(
  tx: Tx,
  source: { readonly organizationId: string; readonly importId: string },
): Promise<void> {
  await sql`update vulnerabilities set withdrawn_at = (
      select a.withdrawn_at from advisories as a
      where a.import_id = ${source.importId} and a.identifier = vulnerabilities.identifier)
    where organization_id = ${source.organizationId} and withdrawn_at is null and exists (
      select 1 from advisories as a
      where a.import_id = ${source.importId} and a.identifier = vulnerabilities.identifier
        and a.withdrawn_at is not null)`.execute(tx);
}

/** Removes some advisories of an import that speaks for nothing any more; false once none is left. */
export async function deleteSomeAdvisories(db: Db, importId: string): Promise<boolean> {
  const packages = await nextNames(db, "advisory_packages", "name", importId);
  if (packages !== undefined) {
    await db.deleteFrom("advisory_packages").where("import_id", "=", importId).where("name", "<=", packages).execute();
    return true;
  }
  const identifiers = await nextNames(db, "advisories", "identifier", importId);
  if (identifiers === undefined) return false;
  await db.deleteFrom("advisories").where("import_id", "=", importId).where("identifier", "<=", identifiers).execute();
  return true;
}

/** The last of the next few names in the order of the primary key, undefined when there is none. */
async function nextNames(
  db: Db,
  table: "advisories" | "advisory_packages",
  column: "name" | "identifier",
  importId: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ last: string | null }>`select max(${sql.ref(column)}) as last from (
      select ${sql.ref(column)} from ${sql.table(table)} where import_id = ${importId}
      order by ${sql.ref(column)} limit ${namesDeletedAtOnce}) as next`.execute(db);
  return rows[0]?.last ?? undefined;
}
