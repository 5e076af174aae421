import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHcpPackerPlane } from "./plane.ts";
import { createPageSigner } from "../../platform/page-signer.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("channels on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    await registry.publish("channels", "v1");
    await registry.publish("channels", "v2");
    await registry.expect("POST", "/buckets/channels/versions", { body: { fingerprint: "incomplete" } });
  });
  afterAll(() => registry.close());

  const make = (name: string, body: object = {}) =>
    registry.expect("POST", "/buckets/channels/channels", { body: { name, ...body } });
  const patch = (name: string, body: object) => registry.call("PATCH", `/buckets/channels/channels/${name}`, { body });
  const movedJobs = async () => {
    const rows = await registry.server.db
      .selectFrom("jobs")
      .select("payload")
      .where("kind", "=", "channel-moved")
      .orderBy("id")
      .execute();
    return rows.map((row) => JSON.parse(row.payload) as { channelId: string; versionId: string | null });
  };

  it("are made empty or with a version, once for a name", async () => {
    const { call } = registry;
    expect((await make("empty")).channel).toMatchObject({
      name: "empty",
      bucket_name: "channels",
      author_id: "contributor-all",
      version: null,
      managed: false,
      restricted: false,
    });
    expect((await make("filled", { version_fingerprint: "v1", restricted: true })).channel).toMatchObject({
      restricted: true,
      version: { fingerprint: "v1", builds: [{ artifacts: [{ region: "us-east-1" }] }] },
    });
    for (const name of ["empty", "latest"]) {
      expect(await call("POST", "/buckets/channels/channels", { body: { name } })).toMatchObject({
        status: 409,
        json: { code: 6, message: `Error: The channel with identifier ${name} already exists.` },
      });
    }
    for (const name of ["assign", "a", "no_underscore", "x".repeat(37)]) {
      expect(await call("POST", "/buckets/channels/channels", { body: { name } })).toMatchObject({
        status: 400,
        json: { code: 3 },
      });
    }
    expect(await call("GET", "/buckets/channels/channels/nowhere")).toMatchObject({
      status: 404,
      json: { code: 5, message: "Error: The channel with identifier nowhere does not exist." },
    });
  });

  it("change only what the mask names, and an absent field is its zero value", async () => {
    await make("masked", { version_fingerprint: "v1", restricted: true });
    const set = async (body: object) =>
      (await registry.expect("PATCH", "/buckets/channels/channels/masked", { body })).channel;
    expect(
      await set({ restricted: false, version_fingerprint: "v2", update_mask: "versionFingerprint" }),
    ).toMatchObject({
      restricted: true,
      version: { fingerprint: "v2" },
    });
    expect(await set({ version_fingerprint: "v1", update_mask: "restricted" })).toMatchObject({
      restricted: false,
      version: { fingerprint: "v2" },
    });
    expect(
      await set({ version_fingerprint: "v1", restricted: true, update_mask: "version_fingerprint,restricted" }),
    ).toMatchObject({ restricted: true, version: { fingerprint: "v1" } });
    const unassigned = await set({ update_mask: "versionFingerprint" });
    expect(unassigned).toMatchObject({ restricted: true, version: null });
    expect(await set({ update_mask: "versionFingerprint" })).toEqual(unassigned);
    expect(await patch("masked", { update_mask: "name" })).toMatchObject({ status: 400, json: { code: 3 } });
  });

  it("refuse an update without a mask, with the details of the field", async () => {
    for (const body of [{}, { restricted: true }, { update_mask: "" }, { update_mask: null }]) {
      expect(await patch("latest", body)).toMatchObject({
        status: 400,
        json: {
          code: 3,
          message: "body: (update_mask: field mask: must be set.)",
          details: [{ field_violations: [{ field: "body.update_mask", description: "field mask: must be set" }] }],
        },
      });
    }
  });

  it("refuse versions that are unknown, incomplete or revoked, and stay where they are", async () => {
    const { expect: ok } = registry;
    await make("strict", { version_fingerprint: "v1" });
    const assign = (version_fingerprint: string) =>
      patch("strict", { version_fingerprint, update_mask: "versionFingerprint" });
    expect(await assign("doesNotExist")).toMatchObject({
      status: 404,
      json: { code: 5, message: "version with fingerprint (fingerprint: doesNotExist) does not exist" },
    });
    expect(await assign("incomplete")).toMatchObject({ status: 400, json: { code: 9 } });
    await registry.publish("channels", "revoked");
    await ok("PATCH", "/buckets/channels/versions/revoked", { body: { revoke_in: "0s" } });
    expect(await assign("revoked")).toMatchObject({ status: 400, json: { code: 9 } });
    expect((await ok("GET", "/buckets/channels/channels/strict")).channel.version.fingerprint).toBe("v1");
  });

  it("called latest is opened and restricted by people, and moved and kept by the registry alone", async () => {
    const { expect: ok, call } = registry;
    const latest = "/buckets/channels/channels/latest";
    expect((await ok("PATCH", latest, { body: { update_mask: "restricted" } })).channel).toMatchObject({
      restricted: false,
      author_id: "contributor-all",
      managed: true,
    });
    expect((await ok("GET", latest, { as: registry.tokens.viewer })).channel.restricted).toBe(false);
    await ok("PATCH", latest, { body: { update_mask: "restricted", restricted: true } });
    expect(await patch("latest", { version_fingerprint: "v1", update_mask: "versionFingerprint" })).toMatchObject({
      status: 400,
      json: {
        code: 9,
        message: `Can't update channel assignment on channel "latest". This channel is managed by HCP Packer`,
      },
    });
    expect(await call("DELETE", latest)).toMatchObject({
      status: 400,
      json: { code: 3, message: "Can't delete managed channel latest, it's controlled by HCP Packer" },
    });
    expect(
      await call("POST", "/buckets/channels/channels/assign", {
        body: { source_channel: "latest", target_channel: "latest" },
      }),
    ).toMatchObject({ status: 400, json: { code: 9, message: "Cannot assign to managed channel 'latest'" } });
  });

  it("that are restricted are hidden from lists and refused to those who may not write", async () => {
    const { expect: ok, call, tokens } = registry;
    await make("secret", { restricted: true, version_fingerprint: "v1" });
    const names = async (as: string): Promise<string[]> =>
      (await ok("GET", "/buckets/channels/channels", { as })).channels.map((c: any) => c.name);
    expect(await names(tokens.contributor)).toContain("secret");
    const seen = await names(tokens.viewer);
    expect(seen).not.toContain("secret");
    expect(seen).not.toContain("latest");
    expect(seen).toEqual([...seen].sort());
    for (const below of ["secret", "secret/history", "latest"]) {
      const answer = await call("GET", `/buckets/channels/channels/${below}`, { as: tokens.viewer });
      expect(answer).toMatchObject({ status: 403, json: { code: 7 } });
      expect(answer.json.message).toContain(`channel ${below.split("/")[0]} is restricted`);
    }
  });

  it("copy an assignment from one to another, when there is one", async () => {
    const { expect: ok, call } = registry;
    await make("source", { version_fingerprint: "v1" });
    await make("target");
    const copied = await ok("POST", "/buckets/channels/channels/assign", {
      body: { source_channel: "source", target_channel: "target" },
    });
    expect(copied).toMatchObject({
      fingerprint: "v1",
      version: { fingerprint: "v1", name: "v1" },
      source_channel: { name: "source" },
      target_channel: { name: "target", version: { fingerprint: "v1" } },
    });
    await ok("PATCH", "/buckets/channels/channels/source", { body: { update_mask: "versionFingerprint" } });
    expect(
      await call("POST", "/buckets/channels/channels/assign", {
        body: { source_channel: "source", target_channel: "target" },
      }),
    ).toMatchObject({ status: 400, json: { code: 9 } });
    expect(
      await call("POST", "/buckets/channels/channels/assign", {
        body: { source_channel: "nowhere", target_channel: "target" },
      }),
    ).toMatchObject({ status: 404, json: { code: 5 } });
  });

  it("remember what they pointed at, newest first, and only real moves", async () => {
    const { expect: ok, clock } = registry;
    await make("historic", { version_fingerprint: "v1" });
    const assign = (version_fingerprint: string) =>
      patch("historic", { version_fingerprint, update_mask: "versionFingerprint" });
    for (const fingerprint of ["v2", "v2", "", "v1"]) {
      clock.now += 1000;
      await assign(fingerprint);
    }
    const history = "/buckets/channels/channels/historic/history";
    const all = await ok("GET", history);
    expect(all.count).toBe(3);
    expect(all.history.map((a: any) => [a.version.fingerprint, a.author_id])).toEqual([
      ["v1", "contributor-all"],
      ["v2", "contributor-all"],
      ["v1", "contributor-all"],
    ]);
    expect(Date.parse(all.history[0].assigned_at) - Date.parse(all.history[2].assigned_at)).toBe(4000);
    const page = await ok("GET", `${history}?pagination.page_size=2`);
    const rest = await ok(
      "GET",
      `${history}?pagination.page_size=2&pagination.next_page_token=${page.pagination.next_page_token}`,
    );
    expect([...page.history, ...rest.history]).toEqual(all.history);
    expect(rest.count).toBe(3);
    const latest = await ok("GET", "/buckets/channels/channels/latest/history");
    expect(latest.history.every((a: any) => a.author_id === "HCP Packer")).toBe(true);
  });

  it("do not touch the version they are pointed at", async () => {
    const { expect: ok, clock } = registry;
    const before = (await ok("GET", "/buckets/channels/versions/v1")).version.updated_at;
    clock.now += 1000;
    await make("gentle", { version_fingerprint: "v1" });
    expect((await ok("GET", "/buckets/channels/versions/v1")).version.updated_at).toBe(before);
  });

  it("write a job with every move, and none without", async () => {
    const { expect: ok } = registry;
    await registry.server.settle();
    const before = (await movedJobs()).length;
    const { channel } = await make("followed");
    expect(await movedJobs()).toHaveLength(before);
    const version = (await ok("GET", "/buckets/channels/versions/v1")).version.id;
    await patch("followed", { version_fingerprint: "v1", update_mask: "versionFingerprint" });
    await patch("followed", { version_fingerprint: "v1", update_mask: "versionFingerprint" });
    await patch("followed", { restricted: true, update_mask: "restricted" });
    await patch("followed", { version_fingerprint: "incomplete", update_mask: "versionFingerprint" });
    await patch("followed", { update_mask: "versionFingerprint" });
    expect((await movedJobs()).slice(before)).toEqual([
      { channelId: channel.id, versionId: version },
      { channelId: channel.id, versionId: null },
    ]);
  });

  it("are deleted with their history", async () => {
    const { expect: ok, call } = registry;
    await make("gone", { version_fingerprint: "v1" });
    expect(await ok("DELETE", "/buckets/channels/channels/gone")).toEqual({});
    expect((await call("GET", "/buckets/channels/channels/gone/history")).json.code).toBe(5);
    expect((await call("DELETE", "/buckets/channels/channels/gone")).json.code).toBe(5);
    expect((await make("gone")).channel.version).toBeNull();
    expect((await ok("GET", "/buckets/channels/channels/gone/history")).count).toBe(0);
  });
});

describe("a run that reads a channel", () => {
  it("is noted with what it was answered, and nobody else is", async () => {
    const noted: unknown[] = [];
    const [kind] = databasesUnderTest();
    const registry = await startRegistry(kind as NonNullable<typeof kind>);
    try {
      const version = await registry.publish("read", "fp");
      const { channel } = await registry.expect("POST", "/buckets/read/channels", {
        body: { name: "production", version_fingerprint: "fp" },
      });
      const plane = createHcpPackerPlane({
        db: registry.server.db,
        now: () => registry.clock.now,
        pageSigner: createPageSigner(new Uint8Array(32)),
        blobs: undefined as never,
        signer: undefined as never,
        publicUrl: () => "",
        wakeJobs: () => {},
        sealer: undefined as never,
        openLatestChannel: () => Promise.resolve(),
        readHcl: () => Promise.resolve({}),
        noteChannelRead: async (actor, read) => void noted.push({ runId: actor.runId, ...read }),
      });
      const route = plane.routes.find((r) => r.audit === "GetChannel");
      const params = {
        organization_id: registry.ids.organizationId,
        project_id: registry.ids.projectId,
        bucket_name: "read",
        channel_name: "production",
      };
      for (const kindOfActor of ["run", "service_principal"] as const) {
        const actor = {
          kind: kindOfActor,
          id: "run-1",
          name: "run-1",
          organizationId: registry.ids.organizationId,
          grants: [
            {
              role: "run" as const,
              organizationId: registry.ids.organizationId,
              projectId: registry.ids.projectId,
              bucketName: null,
            },
          ],
          needs: null,
          workspaceId: "ws-1",
          runId: kindOfActor === "run" ? "run-1" : null,
        };
        const reply = await route?.handle({
          request: { headers: {} } as never,
          actor,
          params,
          body: undefined,
          note: () => {},
          query: {},
        });
        expect(reply?.status).toBe(200);
      }
      expect(noted).toEqual([
        { runId: "run-1", channelId: channel.id, bucketName: "read", channelName: "production", versionId: version.id },
      ]);
    } finally {
      await registry.close();
    }
  });
});
