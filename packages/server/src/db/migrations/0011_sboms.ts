import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/**
 * What images are made of. A package is written once for a project, however many SBOMs name it: thousands of versions
 * share the same ones.
 */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("sboms")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("build_id", text, (c) => c.notNull().references("builds.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    // `cyclonedx` or `spdx`, as the uploader says.
    .addColumn("format", text, (c) => c.notNull())
    // `parsed`, or `unreadable`: then its packages are unknown, which is not the same as none.
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("unreadable_because", text)
    // Null: unknown.
    .addColumn("package_count", int)
    .addColumn("author", text, (c) => c.notNull())
    // Of the run that uploaded it: an SBOM of an earlier run describes an image that was never finished.
    .addColumn("packer_run_uuid", text, (c) => c.notNull())
    .addColumn("bytes", int, (c) => c.notNull())
    .addColumn("sha256", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("sboms_name", ["build_id", "name"])
    .execute();
  // For the few that are unreadable, in a bucket or in a whole project.
  await db.schema.createIndex("sboms_state").on("sboms").columns(["state", "build_id"]).execute();

  // Written before the bytes are, and left when the SBOM is gone, however that came about: what has no SBOM any more is
  // removed from the blob store by a sweep.
  await db.schema
    .createTable("sbom_documents")
    .addColumn("blob_key", text, (c) => c.primaryKey().notNull())
    .addColumn("sbom_id", text, (c) => c.references("sboms.id").onDelete("set null"))
    // No reference: the bucket may be gone before the bytes are.
    .addColumn("bucket_id", text, (c) => c.notNull())
    .addColumn("stored_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("sbom_documents_sbom")
    .on("sbom_documents")
    .columns(["sbom_id", "stored_at", "blob_key"])
    .execute();

  await db.schema
    .createTable("packages")
    // A digest of all the columns that say what it is: the same package gets the same id without asking.
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    // A digest of name, version and purl: packages that differ in other columns only are one line of a list.
    .addColumn("listed_as", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    // Empty texts: the SBOM does not say.
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("purl", text, (c) => c.notNull())
    // Of the purl: `deb`, `rpm`, `apk`, `npm`, `pypi`, `golang`, `maven`, `cargo`, …; and what stands before its name.
    .addColumn("type", text, (c) => c.notNull())
    .addColumn("namespace", text, (c) => c.notNull())
    // The name inside the purl, decoded; `name` where there is no purl.
    .addColumn("purl_name", text, (c) => c.notNull())
    // `debian-12`, `alpine-3.19.1`: of the purl's qualifiers, else of the operating system that the document describes.
    .addColumn("distro", text, (c) => c.notNull())
    // What it was built from, for systems whose advisories speak of source packages; empty: itself.
    .addColumn("source_name", text, (c) => c.notNull())
    .addColumn("source_version", text, (c) => c.notNull())
    // Of the purl's qualifiers, for rpm; empty: 0.
    .addColumn("epoch", text, (c) => c.notNull())
    // When an SBOM named it, to the half day. The sweep of packages that nothing names leaves younger ones alone.
    .addColumn("named_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("packages_name")
    .on("packages")
    .columns(["project_id", "name", "listed_as", "id"])
    .execute();
  await db.schema.createIndex("packages_purl").on("packages").columns(["project_id", "purl", "id"]).execute();
  await db.schema
    .createIndex("packages_type")
    .on("packages")
    .columns(["project_id", "type", "purl_name", "id"])
    .execute();

  await db.schema
    .createTable("sbom_packages")
    .addColumn("sbom_id", text, (c) => c.notNull().references("sboms.id").onDelete("cascade"))
    .addColumn("package_id", text, (c) => c.notNull().references("packages.id"))
    .addColumn("bucket_id", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("sbom_packages_pk", ["sbom_id", "package_id"])
    .execute();
  await db.schema
    .createIndex("sbom_packages_package")
    .on("sbom_packages")
    .columns(["package_id", "bucket_id", "sbom_id"])
    .execute();

  // Which packages a bucket has in any of its versions, so that a list of them costs the same however many versions there
  // are. May name one that has just gone with its last version: ask sbom_packages.
  await db.schema
    .createTable("bucket_packages")
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("package_id", text, (c) => c.notNull().references("packages.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("bucket_packages_pk", ["bucket_id", "package_id"])
    .execute();
  await db.schema
    .createIndex("bucket_packages_package")
    .on("bucket_packages")
    .columns(["package_id", "bucket_id"])
    .execute();
}
