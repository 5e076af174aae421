import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/**
 * Advisories of imported archives, and what they say about the packages of SBOMs. Advisories are rows of one import, which is
 * replaced as a whole; what was found outlives them.
 */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("advisory_imports")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    // Null until it is known: said by whoever imports, or read from the archive.
    .addColumn("ecosystem", text)
    // `queued`, `running`, `done` or `failed`.
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("error_message", text)
    .addColumn("file_name", text, (c) => c.notNull())
    .addColumn("sha256", text, (c) => c.notNull())
    .addColumn("bytes", int, (c) => c.notNull())
    .addColumn("author", text, (c) => c.notNull())
    .addColumn("entries_total", int)
    .addColumn("entries_read", int, (c) => c.notNull())
    .addColumn("advisories", int, (c) => c.notNull())
    .addColumn("withdrawn", int, (c) => c.notNull())
    // Entries that are no advisory of this ecosystem, or cannot be read.
    .addColumn("skipped", int, (c) => c.notNull())
    // The newest change of an advisory: how old the archive's knowledge is.
    .addColumn("modified_at", millis)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("ended_at", millis)
    .execute();
  await db.schema
    .createIndex("advisory_imports_created")
    .on("advisory_imports")
    .columns(["organization_id", "created_at", "id"])
    .execute();

  // Which import speaks for an ecosystem.
  await db.schema
    .createTable("advisory_archives")
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("ecosystem", text, (c) => c.notNull())
    .addColumn("import_id", text, (c) => c.notNull().references("advisory_imports.id"))
    .addPrimaryKeyConstraint("advisory_archives_pk", ["organization_id", "ecosystem"])
    .execute();

  // A row to lock, so that no package is judged by an archive that is being replaced. Nothing refers to it.
  await db.schema
    .createTable("advisory_gates")
    .addColumn("organization_id", text, (c) => c.primaryKey().notNull())
    .execute();

  await db.schema
    .createTable("advisories")
    .addColumn("import_id", text, (c) => c.notNull().references("advisory_imports.id").onDelete("cascade"))
    .addColumn("identifier", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    // Other names of the same, and names that have to do with it: JSON arrays.
    .addColumn("refers_to", text, (c) => c.notNull())
    .addColumn("related", text, (c) => c.notNull())
    .addColumn("severity", text, (c) => c.notNull())
    .addColumn("criticality", int, (c) => c.notNull())
    .addColumn("published_at", millis)
    .addColumn("withdrawn_at", millis)
    .addPrimaryKeyConstraint("advisories_pk", ["import_id", "identifier"])
    .execute();

  await db.schema
    .createTable("advisory_packages")
    .addColumn("import_id", text, (c) => c.notNull().references("advisory_imports.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("identifier", text, (c) => c.notNull())
    // Which versions of it are affected, by release of the ecosystem: JSON.
    .addColumn("affected", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("advisory_packages_pk", ["import_id", "name", "identifier"])
    .execute();

  await db.schema
    .createTable("package_scans")
    .addColumn("package_id", text, (c) => c.primaryKey().notNull().references("packages.id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull())
    // Empty: none that advisories are written for.
    .addColumn("ecosystem", text, (c) => c.notNull())
    // `judged`, or why not: then nothing is known about the package.
    .addColumn("state", text, (c) => c.notNull())
    // What it was judged by; empty: nothing.
    .addColumn("import_id", text, (c) => c.notNull())
    .addColumn("scanned_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("package_scans_ecosystem")
    .on("package_scans")
    .columns(["organization_id", "ecosystem", "package_id"])
    .execute();

  await db.schema
    .createTable("vulnerabilities")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("identifier", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("refers_to", text, (c) => c.notNull())
    .addColumn("related", text, (c) => c.notNull())
    .addColumn("severity", text, (c) => c.notNull())
    .addColumn("criticality", int, (c) => c.notNull())
    .addColumn("published_at", millis)
    .addColumn("withdrawn_at", millis)
    .addUniqueConstraint("vulnerabilities_identifier", ["organization_id", "identifier"])
    .execute();

  // Its identifier and what it refers to or is related to: people ask for a CVE, distributions name their own advisories.
  await db.schema
    .createTable("vulnerability_names")
    .addColumn("organization_id", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("vulnerability_id", text, (c) => c.notNull().references("vulnerabilities.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("vulnerability_names_pk", ["organization_id", "name", "vulnerability_id"])
    .execute();
  await db.schema
    .createIndex("vulnerability_names_vulnerability")
    .on("vulnerability_names")
    .column("vulnerability_id")
    .execute();

  await db.schema
    .createTable("package_findings")
    .addColumn("package_id", text, (c) => c.notNull().references("packages.id").onDelete("cascade"))
    .addColumn("vulnerability_id", text, (c) => c.notNull().references("vulnerabilities.id").onDelete("cascade"))
    // Empty: none is known.
    .addColumn("fixed_version", text, (c) => c.notNull())
    .addColumn("first_seen_at", millis, (c) => c.notNull())
    // When the advisories stopped saying so.
    .addColumn("resolved_at", millis)
    .addPrimaryKeyConstraint("package_findings_pk", ["package_id", "vulnerability_id"])
    .execute();
  await db.schema
    .createIndex("package_findings_vulnerability")
    .on("package_findings")
    .columns(["vulnerability_id", "package_id"])
    .execute();
}
