import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findActorByToken, type Actor } from "../../features/access/index.ts";
import {
  findArtifactsByExternalIdentifiers,
  findReplacementVersion,
  getChannelForConsumer,
} from "../../features/builds/index.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

const [sqlite] = databasesUnderTest();

describe.each(databasesUnderTest())("what the registry tells other features on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  const actorOf = async (token: string): Promise<Actor> => {
    const actor = await findActorByToken(registry.server.db, token, registry.clock.now);
    if (actor === undefined) throw new Error("no such actor");
    return actor;
  };
  const revoke = (bucket: string, fingerprint: string) =>
    registry.expect("PATCH", `/buckets/${bucket}/versions/${fingerprint}`, {
      body: { revoke_in: "0s", revocation_message: "CVE" },
    });

  it("knows artifacts by external identifier, with their version and its revocation", async () => {
    const parent = await registry.publish("known", "one");
    await registry.publish("derived", "one", [
      {
        component: "docker.app",
        platform: "docker",
        parent_version_id: parent.id,
        artifacts: [
          { external_identifier: "shared", region: "a" },
          { external_identifier: "shared", region: "b" },
          { external_identifier: "", region: "c" },
        ],
      },
    ]);
    await revoke("known", "one");
    const { db } = registry.server;
    const search = {
      projectId: registry.ids.projectId,
      identifiers: ["shared", "known-one-0", "unknown", "", "shared"],
    };
    const found = await findArtifactsByExternalIdentifiers(db, search);
    expect(new Set(found.map((a) => `${a.externalIdentifier} ${a.region}`))).toEqual(
      new Set(["known-one-0 us-east-1", "shared a", "shared b"]),
    );
    expect(found).toHaveLength(3);
    expect(found.find((a) => a.region === "a")).toMatchObject({
      platform: "docker",
      componentType: "docker.app",
      bucketName: "derived",
      versionName: "v1",
      fingerprint: "one",
      revokeAt: registry.clock.now,
      revocationMessage: "CVE",
      revocationInheritedFrom: { bucketName: "known", versionName: "v1" },
    });
    expect(found.find((a) => a.bucketName === "known")).toMatchObject({
      versionId: parent.id,
      revokeAt: registry.clock.now,
      revocationInheritedFrom: null,
    });
    const { organizationId } = registry.ids;
    expect(await findArtifactsByExternalIdentifiers(db, { ...search, organizationId })).toHaveLength(3);
    const inOrganization = { organizationId, identifiers: search.identifiers };
    expect(await findArtifactsByExternalIdentifiers(db, inOrganization)).toHaveLength(3);
    const elsewhere = registry.otherProject.split("/").at(-1) ?? "";
    expect(await findArtifactsByExternalIdentifiers(db, { ...search, projectId: elsewhere })).toEqual([]);
  });

  it("knows artifacts of incomplete versions, and looks for more identifiers than fit into one statement", async () => {
    const { expect: ok, server } = registry;
    await ok("PUT", "/buckets", { body: { name: "partial" } });
    await ok("POST", "/buckets/partial/versions", { body: { fingerprint: "fp" } });
    for (const component of ["null.a", "null.b"]) {
      await ok("POST", "/buckets/partial/versions/fp/builds", { body: { component_type: component } });
    }
    const { builds } = await ok("GET", "/buckets/partial/versions/fp/builds");
    await ok("PATCH", `/buckets/partial/versions/fp/builds/${builds[0].id}`, {
      body: { status: "BUILD_DONE", artifacts: [{ external_identifier: "early", region: "r" }] },
    });
    const identifiers = [...Array.from({ length: 1200 }, (_, i) => `none-${i}`), "early"];
    const search = { projectId: registry.ids.projectId, identifiers };
    expect(await findArtifactsByExternalIdentifiers(server.db, search)).toMatchObject([
      { externalIdentifier: "early", versionName: "v0", revokeAt: null },
    ]);
  });

  it("answers a channel with version, builds and artifacts to those who may read it", async () => {
    const { server, tokens, ids } = registry;
    await registry.publish("consumed", "one");
    await registry.expect("POST", "/buckets/consumed/channels", {
      body: { name: "production", version_fingerprint: "one", restricted: true },
    });
    const ref = { projectId: ids.projectId, bucketName: "consumed", channelName: "production" };
    const content = await getChannelForConsumer(server.db, await actorOf(tokens.contributor), ref);
    expect(content).toMatchObject({
      channel: { name: "production", restricted: true },
      version: { fingerprint: "one", number: 1, revocation: null },
      builds: [{ platform: "aws", artifacts: [{ externalIdentifier: "consumed-one-0" }] }],
    });
    const refused = async (token: string, change: object = {}) =>
      getChannelForConsumer(server.db, await actorOf(token), { ...ref, ...change }).catch(
        (error: { kind: string; code: string }) => `${error.kind}/${error.code}`,
      );
    expect(await refused(tokens.viewer)).toBe("forbidden/channel_restricted");
    expect(await refused(await registry.runToken("run-1"))).toBe("forbidden/channel_restricted");
    expect(await refused(tokens.foreign)).toBe("not_found/bucket_not_found");
    expect(await refused(tokens.elsewhere)).toBe("not_found/bucket_not_found");
    expect(await refused(tokens.viewer, { channelName: "nowhere" })).toBe("not_found/channel_not_found");
    expect(await refused(tokens.viewer, { bucketName: "nowhere" })).toBe("not_found/bucket_not_found");
  });

  it("proposes what the channel serves, or else the newest good version, instead of a revoked one", async () => {
    const { server, clock, expect: ok } = registry;
    await registry.publish("replaced", "one");
    await registry.publish("replaced", "two");
    await registry.publish("replaced", "three");
    await ok("POST", "/buckets/replaced/versions", { body: { fingerprint: "incomplete" } });
    await ok("POST", "/buckets/replaced/channels", { body: { name: "production", version_fingerprint: "one" } });
    const bucketId = (await ok("GET", "/buckets/replaced")).bucket.id;
    const propose = (channelName?: string) =>
      findReplacementVersion(server.db, { bucketId, ...(channelName === undefined ? {} : { channelName }) }, clock.now);
    expect(await propose()).toMatchObject({
      name: "v3",
      fingerprint: "three",
      artifacts: [{ externalIdentifier: "replaced-three-0", platform: "aws", region: "us-east-1" }],
    });
    expect(await propose("production")).toMatchObject({ name: "v1" });
    expect(await propose("nowhere")).toMatchObject({ name: "v3" });
    await revoke("replaced", "three");
    expect(await propose()).toMatchObject({ name: "v2" });
    await revoke("replaced", "one");
    expect(await propose("production")).toMatchObject({ name: "v2" });
    await revoke("replaced", "two");
    expect(await propose()).toBeUndefined();
  });
});

describe("the upkeep of builds", () => {
  it("finds silent builds through an index, however many builds there are", async () => {
    const registry = await startRegistry(sqlite as NonNullable<typeof sqlite>);
    const { rows } = await sql<{ detail: string }>`
      explain query plan select id from builds where status = 'running' and beat_at < 1 order by beat_at limit 200
    `.execute(registry.server.db);
    await registry.close();
    expect(rows.map((row) => row.detail).join(" ")).toContain("builds_beats");
  });
});
