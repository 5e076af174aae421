import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../features/access/index.ts";
import { receiveArchive, removeLeftArchive } from "../features/vulnerabilities/index.ts";
import type { BlobStore } from "../platform/blobs/blob-store.ts";
import { createDirectoryBlobStore } from "../platform/blobs/directory-blob-store.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";
import {
  anAdvisory,
  attachSbom,
  importAdvisories,
  uploadArchive,
  zipOf,
} from "../wire/hcp-packer/testing/scanned-images.ts";

describe.each(databasesUnderTest())("archives of advisories on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const version = await registry.publish("app", "fp1");
    await registry.expect("POST", "/buckets/app/channels", { body: { name: "prod", version_fingerprint: "fp1" } });
    await attachSbom(registry, version.builds[0].id, [
      { name: "libssl3", version: "3.0.11-1~deb12u1", sourceName: "openssl" },
      { name: "lodash", version: "4.17.20", type: "npm", namespace: "", distro: "" },
    ]);
    await registry.server.settle();
  });
  afterAll(() => registry.close());

  const get = (path: string, as = registry.tokens.viewer) =>
    registry.server.fetch(`/api/v1${path}`, { headers: { authorization: `Bearer ${as}` } });
  const openssl = anAdvisory(
    "DEBIAN-CVE-2026-1",
    { name: "openssl", fixed: "3.0.11-1~deb12u2" },
    {
      upstream: ["CVE-2026-1"],
    },
  );
  const lodash = anAdvisory(
    "GHSA-1",
    { ecosystem: "npm", name: "lodash", fixed: "4.17.21" },
    { aliases: ["CVE-2026-1"] },
  );
  const version = async () => (await get("/vulnerabilities?bucket=app&fingerprint=fp1")).json;

  it("say what is unknown before there is one", async () => {
    expect(await version()).toMatchObject({
      version: "v1",
      complete: false,
      builds: 1,
      builds_with_sbom: 1,
      packages: [
        { ecosystem: "Debian", state: "no_archive", packages: 1 },
        { ecosystem: "npm", state: "no_archive", packages: 1 },
      ],
      vulnerabilities: [],
    });
    expect((await get("/advisories/ecosystems")).json.ecosystems).toEqual([
      { ecosystem: "Debian", archive: null, packages: 1, packages_judged: 0 },
      { ecosystem: "npm", archive: null, packages: 1, packages_judged: 0 },
    ]);
  });

  it("are counted as they are read, and are told apart by ecosystem", async () => {
    const done = await importAdvisories(
      registry,
      [openssl, lodash, { id: "not an advisory" }],
      "?ecosystem=Debian&file_name=all.zip",
    );
    expect(done).toMatchObject({
      status: "done",
      ecosystem: "Debian",
      file_name: "all.zip",
      entries_total: 3,
      entries_read: 3,
      advisories: 1,
      skipped: 2,
      newest_change_at: "2026-01-02T00:00:00.000Z",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await get("/advisories/ecosystems")).json.ecosystems).toMatchObject([
      { ecosystem: "Debian", archive: { id: done.id }, packages: 1, packages_judged: 1 },
      { ecosystem: "npm", archive: null, packages: 1, packages_judged: 0 },
    ]);
    expect(await version()).toMatchObject({
      complete: false,
      vulnerabilities: [
        { identifier: "DEBIAN-CVE-2026-1", package: { name: "libssl3" }, fixed_version: "3.0.11-1~deb12u2" },
      ],
    });
  });

  it("make a version fully known once there is one for everything in it", async () => {
    await importAdvisories(registry, [lodash]);
    expect(await version()).toMatchObject({ complete: true, vulnerabilities: [{}, { identifier: "GHSA-1" }] });
  });

  it("leave a version unknown where one of its SBOMs cannot be read", async () => {
    const { db } = registry.server;
    const read = await db.selectFrom("sboms").selectAll().executeTakeFirstOrThrow();
    const unreadable = { id: "unreadable", name: "unreadable", state: "unreadable", unreadable_because: "no JSON" };
    await db
      .insertInto("sboms")
      .values({ ...read, ...unreadable, package_count: 0 })
      .execute();
    expect(await version()).toMatchObject({ complete: false, builds: 1, builds_with_sbom: 0 });
    await db.deleteFrom("sboms").where("id", "=", unreadable.id).execute();
    expect(await version()).toMatchObject({ complete: true, builds_with_sbom: 1 });
  });

  it("say who is affected by a CVE, whatever the distribution calls it", async () => {
    const { json } = await get("/vulnerabilities/affected?name=CVE-2026-1");
    expect(json).toEqual({
      affected: [
        {
          bucket: "app",
          version: "v1",
          fingerprint: "fp1",
          revoke_at: null,
          packages: [
            { name: "libssl3", version: "3.0.11-1~deb12u1", fixed_version: "3.0.11-1~deb12u2" },
            { name: "lodash", version: "4.17.20", fixed_version: "4.17.21" },
          ],
          channels: ["prod"],
          workspaces: [],
        },
      ],
      next: null,
    });
    for (const as of [registry.tokens.foreign, registry.tokens.elsewhere]) {
      expect((await get("/vulnerabilities/affected?name=CVE-2026-1", as)).json.affected).toEqual([]);
    }
  });

  it("are taken from administrators of the organization alone, and judge nobody else's packages", async () => {
    const archive = await zipOf([openssl]);
    for (const as of [registry.tokens.viewer, registry.tokens.contributor, registry.tokens.elsewhere]) {
      expect(await uploadArchive(registry, archive, { as })).toMatchObject({ status: 403 });
    }
    const theirs = await uploadArchive(registry, archive, { as: registry.tokens.foreign });
    await registry.server.settle();
    expect(await get(`/advisories/imports/${theirs.json.import.id}`)).toMatchObject({ status: 404 });
    expect((await get("/advisories/ecosystems", registry.tokens.foreign)).json.ecosystems).toMatchObject([
      { ecosystem: "Debian", packages: 0 },
    ]);
  });

  it.each([
    ["something that is no zip", async () => Buffer.from("not a zip file at all"), "", 422, "zip_unreadable"],
    ["an ecosystem that cannot be judged", () => zipOf([openssl]), "?ecosystem=NuGet", 422, "ecosystem_unknown"],
  ] as const)("are refused at once: %s", async (_what, archive, query, status, error) => {
    expect(await uploadArchive(registry, await archive(), { query })).toMatchObject({ status, json: { error } });
  });

  it.each([
    ["nothing is about one ecosystem", [openssl, lodash], ""],
    ["nothing is about the ecosystem that was named", [lodash], "?ecosystem=Debian"],
    ["there is no advisory", [{ id: "none" }], ""],
  ] as const)("change nothing when %s, and say so", async (_what, documents, query) => {
    const failed = await importAdvisories(registry, documents, query);
    expect(failed).toMatchObject({ status: "failed", error: expect.stringMatching(/archive/i) });
    expect((await version()).vulnerabilities).toHaveLength(2);
  });

  it("are read again from the start when their reader dies, and count once", async () => {
    const { db } = registry.server;
    const answer = await uploadArchive(registry, await zipOf([openssl]));
    const { id } = answer.json.import;
    // As a process leaves it that died in the middle: under way, with some of its rows.
    await db.updateTable("advisory_imports").set({ status: "running", entries_read: 1 }).where("id", "=", id).execute();
    const written = { description: "", refers_to: "[]", related: "[]", severity: "", criticality: 0 };
    await db
      .insertInto("advisories")
      .values({ ...written, import_id: id, identifier: "DEBIAN-CVE-2026-1", published_at: null, withdrawn_at: null })
      .execute();
    await registry.server.settle();
    expect((await get(`/advisories/imports/${id}`)).json.import).toMatchObject({ status: "done", advisories: 1 });
    const kept = await db
      .selectFrom("advisories")
      .select("import_id")
      .where("identifier", "=", "DEBIAN-CVE-2026-1")
      .execute();
    // One organization each: the archives before are gone.
    expect(new Set(kept.map((row) => row.import_id)).size).toBe(2);
    expect((await version()).vulnerabilities).toHaveLength(2);
  });

  it("leave no bytes behind when their receiver dies before it has noted the import", async () => {
    const { server, clock, ids } = registry;
    const blobs = createDirectoryBlobStore(join(server.dataDir, "blobs"));
    let stored = "";
    const dying: BlobStore = {
      ...blobs,
      putFile: async (key, path) => {
        await blobs.putFile(key, path);
        stored = key;
        throw new Error("died");
      },
    };
    const admin: Actor = {
      kind: "service_principal",
      id: "admin",
      name: "admin",
      organizationId: ids.organizationId,
      grants: [{ role: "admin", organizationId: ids.organizationId, projectId: null, bucketName: null }],
      needs: null,
      workspaceId: null,
      runId: null,
    };
    const scratchDirectory = join(server.dataDir, "scratch");
    const now = () => clock.now;
    const deps = { db: server.db, blobs: dying, now, wakeJobs: () => {}, scratchDirectory, archiveBytesMax: 1 << 20 };
    const upload = { body: Readable.from([await zipOf([openssl])]), fileName: "all.zip", ecosystem: null };
    await expect(receiveArchive(deps, admin, upload)).rejects.toThrow("died");
    await server.settle();
    // Its receiver could still be at work.
    expect(await blobs.get(stored)).toBeDefined();
    const waiting = await uploadArchive(registry, await zipOf([openssl]));
    const itsBytes = `advisory-archives/${waiting.json.import.id}`;
    await removeLeftArchive({ db: server.db, blobs }, waiting.json.import.id);
    expect(await blobs.get(itsBytes)).toBeDefined();
    clock.now += 86_400_000;
    await server.settle();
    expect(await blobs.get(stored)).toBeUndefined();
    expect((await version()).vulnerabilities).toHaveLength(2);
  });
});
