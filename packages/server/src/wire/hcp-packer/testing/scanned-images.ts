import { randomUUID } from "node:crypto";
import { ZipFile } from "yazl";
import type { Db } from "../../../db/database.ts";
import { queueSbomScan } from "../../../features/vulnerabilities/index.ts";
import type { RegistryUnderTest } from "./registry-under-test.ts";

export interface SbomPackage {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly namespace?: string;
  readonly distro?: string;
  readonly sourceName?: string;
  readonly sourceVersion?: string;
}

/** Writes an SBOM of a build with these packages as if it had been uploaded and read, and queues what follows. */
export async function attachSbom(registry: RegistryUnderTest, buildId: string, packages: readonly SbomPackage[]) {
  const { db } = registry.server;
  const { clock, ids } = registry;
  const { bucket_id: bucketId } = await db
    .selectFrom("builds")
    .innerJoin("versions", "versions.id", "builds.version_id")
    .select("versions.bucket_id")
    .where("builds.id", "=", buildId)
    .executeTakeFirstOrThrow();
  const sbomId = randomUUID();
  await db
    .insertInto("sboms")
    .values({
      id: sbomId,
      build_id: buildId,
      name: sbomId,
      format: "cyclonedx",
      unreadable_because: null,
      state: "parsed",
      package_count: packages.length,
      author: "test",
      packer_run_uuid: "",
      bytes: 1,
      sha256: "",
      created_at: clock.now,
    })
    .execute();
  for (const item of packages) {
    const id = await insertPackage(db, ids.projectId, item, clock.now);
    await db.insertInto("sbom_packages").values({ sbom_id: sbomId, package_id: id, bucket_id: bucketId }).execute();
  }
  await db.transaction().execute((tx) => queueSbomScan(tx, sbomId, clock.now));
  return sbomId;
}

async function insertPackage(db: Db, projectId: string, item: SbomPackage, now: number): Promise<string> {
  const { type = "deb", namespace = "debian", distro = "debian-12", sourceName = "", sourceVersion = "" } = item;
  const id = JSON.stringify([projectId, type, namespace, distro, item.name, item.version, sourceName, sourceVersion]);
  await db
    .insertInto("packages")
    .values({
      id,
      project_id: projectId,
      listed_as: id,
      name: item.name,
      version: item.version,
      purl: `pkg:${type}/${namespace}/${item.name}@${item.version}`,
      type,
      namespace,
      purl_name: item.name,
      distro,
      source_name: sourceName,
      source_version: sourceVersion,
      epoch: "",
      named_at: now,
    })
    .onConflict((c) => c.column("id").doNothing())
    .execute();
  return id;
}

/** A zip file with one entry for each document, as OSV publishes an ecosystem. */
export async function zipOf(documents: readonly object[], extra: Record<string, string> = {}): Promise<Buffer> {
  const zip = new ZipFile();
  documents.forEach((document, index) => {
    const { id = String(index) } = document as { id?: string };
    zip.addBuffer(Buffer.from(JSON.stringify(document)), `${id}.json`);
  });
  for (const [name, text] of Object.entries(extra)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Uploads the archive; whatever the server answers. */
export function uploadArchive(
  registry: RegistryUnderTest,
  archive: Buffer,
  { query = "", as = registry.tokens.admin } = {},
) {
  return registry.server.fetch(`/api/v1/advisories/imports${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${as}`, "content-type": "application/zip" },
    body: archive,
  });
}

/** Imports documents and waits until every package has been judged by them. Returns the import. */
export async function importAdvisories(
  registry: RegistryUnderTest,
  documents: readonly object[],
  query = "",
): Promise<any> {
  const answer = await uploadArchive(registry, await zipOf(documents), { query });
  if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
  await registry.server.settle();
  const path = `/api/v1/advisories/imports/${answer.json.import.id}`;
  return (await registry.server.fetch(path, { headers: { authorization: `Bearer ${registry.tokens.viewer}` } })).json
    .import;
}

/** An OSV document about one package, affected until `fixed`. */
export function anAdvisory(
  id: string,
  about: { readonly ecosystem?: string; readonly name: string; readonly fixed?: string; readonly score?: string },
  more: object = {},
): object {
  const { ecosystem = "Debian:12", name, fixed, score } = about;
  return {
    id,
    modified: "2026-01-02T00:00:00Z",
    published: "2026-01-01T00:00:00Z",
    summary: `What ${id} is about.`,
    ...(score === undefined ? {} : { severity: [{ type: "CVSS_V3", score }] }),
    affected: [
      {
        package: { ecosystem, name },
        ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])] }],
      },
    ],
    ...more,
  };
}
