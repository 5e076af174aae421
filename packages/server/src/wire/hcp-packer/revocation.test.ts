import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("revocation on $name", (kind) => {
  let registry: RegistryUnderTest;
  let count = 0;
  let base: string;
  let middle: string;
  let leaf: string;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());
  beforeEach(() => {
    count++;
    [base, middle, leaf] = [`base${count}`, `middle${count}`, `leaf${count}`];
  });

  const revoke = (bucket: string, fingerprint: string, body: object = { revoke_in: "0s" }) =>
    registry.call("PATCH", `/buckets/${bucket}/versions/${fingerprint}`, { body });
  const version = async (bucket: string, fingerprint: string) =>
    (await registry.expect("GET", `/buckets/${bucket}/versions/${fingerprint}`)).version;
  const served = async (bucket: string, channel: string) =>
    (await registry.expect("GET", `/buckets/${bucket}/channels/${channel}`)).channel.version?.fingerprint ?? null;
  const channel = (bucket: string, name: string, version_fingerprint: string) =>
    registry.expect("POST", `/buckets/${bucket}/channels`, { body: { name, version_fingerprint } });

  /** base/one <- middle/one <- leaf/one */
  async function family(): Promise<void> {
    const parent = await registry.publish(base, "one");
    const child = await registry.publish(middle, "one", [{ parent_version_id: parent.id }]);
    await registry.publish(leaf, "one", [{ parent_version_id: child.id }]);
  }

  it("at once marks the version and takes every channel back to the version before", async () => {
    await registry.publish(base, "one");
    await channel(base, "production", "one");
    await registry.publish(base, "two");
    await registry.expect("PATCH", `/buckets/${base}/channels/production`, {
      body: { version_fingerprint: "two", update_mask: "versionFingerprint" },
    });
    registry.clock.now += 1000;
    const at = new Date(registry.clock.now).toISOString();
    const answer = await revoke(base, "two", { revoke_at: at, revocation_message: "bad kernel" });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        version: {
          name: "v2",
          status: "VERSION_REVOKED",
          revoke_at: at,
          revocation_message: "bad kernel",
          revocation_author: "contributor-all",
          revocation_type: "MANUAL",
          revocation_inherited_from: null,
        },
        operation: { state: "DONE" },
      },
    });
    expect(answer.json.operation.id).not.toBe("");
    expect(await served(base, "latest")).toBe("one");
    expect(await served(base, "production")).toBe("one");
    const { history, count: total } = await registry.expect("GET", `/buckets/${base}/channels/production/history`);
    expect(total).toBe(3);
    expect(history[0]).toMatchObject({ author_id: "HCP Packer", assigned_at: at, version: { fingerprint: "one" } });
  });

  it("leaves people's channels alone when asked to, and never latest", async () => {
    await registry.publish(base, "one");
    await registry.publish(base, "two");
    await channel(base, "production", "two");
    await revoke(base, "two", { revoke_in: "0s", disable_rollback_channels: true });
    expect(await served(base, "production")).toBe("two");
    expect(await served(base, "latest")).toBe("one");
  });

  it("leaves a channel without any good version where it is", async () => {
    await registry.publish(base, "one");
    await revoke(base, "one");
    expect(await served(base, "latest")).toBe("one");
    await registry.publish(base, "two");
    expect(await served(base, "latest")).toBe("two");
    await revoke(base, "two");
    expect(await served(base, "latest")).toBe("two");
  });

  it("takes effect by the clock alone when it is scheduled, and moves no channel before", async () => {
    await registry.publish(base, "one");
    await registry.publish(base, "two");
    await channel(base, "production", "two");
    const updated = (await revoke(base, "two", { revoke_in: "2h30m" })).json.version;
    expect(updated).toMatchObject({ status: "VERSION_REVOCATION_SCHEDULED", revocation_type: "MANUAL" });
    expect(Date.parse(updated.revoke_at)).toBe(registry.clock.now + 9_000_000);
    expect(await served(base, "production")).toBe("two");
    expect(await served(base, "latest")).toBe("two");
    registry.clock.now += 9_000_000 - 1;
    expect((await version(base, "two")).status).toBe("VERSION_REVOCATION_SCHEDULED");
    registry.clock.now += 1;
    expect((await version(base, "two")).status).toBe("VERSION_REVOKED");
    expect((await registry.expect("GET", `/buckets/${base}/channels/production`)).channel.version.status).toBe(
      "VERSION_REVOKED",
    );
  });

  it("can be scheduled with a date that comes back to the millisecond, and moved while it is only scheduled", async () => {
    await registry.publish(base, "one");
    const revoke_at = new Date(registry.clock.now + 86_400_123).toISOString();
    expect((await revoke(base, "one", { revoke_at })).json.version.revoke_at).toBe(revoke_at);
    const sooner = new Date(registry.clock.now + 3_600_000).toISOString();
    expect((await revoke(base, "one", { revoke_at: sooner })).json.version.revoke_at).toBe(sooner);
    registry.clock.now += 3_600_000;
    expect(await revoke(base, "one", { revoke_in: "1h" })).toMatchObject({ status: 400, json: { code: 9 } });
  });

  it("is inherited by every descendant, with where it came from", async () => {
    await family();
    await channel(leaf, "production", "one");
    await revoke(base, "one", { revoke_in: "0s", revocation_message: "CVE" });
    for (const bucket of [middle, leaf]) {
      expect(await version(bucket, "one")).toMatchObject({
        status: "VERSION_REVOKED",
        revocation_type: "INHERITED",
        revocation_message: "CVE",
        revocation_author: "contributor-all",
        revocation_inherited_from: {
          bucket_name: base,
          version_name: "v1",
          version_fingerprint: "one",
          href: `${registry.project}/buckets/${base}/versions/one`,
        },
      });
    }
  });

  it("takes the channels of descendants back too", async () => {
    await family();
    const good = await registry.publish(leaf, "clean");
    await registry.publish(leaf, "two", [{ parent_version_id: (await version(middle, "one")).id }]);
    expect(await served(leaf, "latest")).toBe("two");
    await revoke(base, "one");
    expect(await served(leaf, "latest")).toBe(good.fingerprint);
  });

  it("spares the descendants when asked to, those that come later included", async () => {
    await family();
    await revoke(base, "one", { revoke_in: "0s", skip_descendants_revocation: true });
    expect((await version(middle, "one")).status).toBe("VERSION_ACTIVE");
    const late = await registry.publish(`late${count}`, "one", [
      { parent_version_id: (await version(base, "one")).id },
    ]);
    expect(late.status).toBe("VERSION_ACTIVE");
  });

  it("is inherited at once by a child that is recorded afterwards, which then never becomes the latest", async () => {
    const parent = await registry.publish(base, "one");
    await registry.publish(middle, "old");
    await revoke(base, "one");
    const child = await registry.publish(middle, "new", [{ parent_version_id: parent.id }]);
    expect(child).toMatchObject({ name: "v2", status: "VERSION_REVOKED", revocation_type: "INHERITED" });
    expect(await served(middle, "latest")).toBe("old");
  });

  it("does not keep a late child from the channels while it is only scheduled", async () => {
    const parent = await registry.publish(base, "one");
    await revoke(base, "one", { revoke_in: "30d" });
    const child = await registry.publish(middle, "new", [{ parent_version_id: parent.id }]);
    expect(child).toMatchObject({ status: "VERSION_REVOCATION_SCHEDULED", revocation_type: "INHERITED" });
    expect(await served(middle, "latest")).toBe("new");
  });

  it("of several ancestors is the earliest one, and falls back to the other when that is restored", async () => {
    const one = await registry.publish(base, "one");
    const other = await registry.publish(middle, "one");
    await registry.publish(leaf, "one", [
      { component: "null.a", parent_version_id: one.id },
      { component: "null.b", parent_version_id: other.id },
    ]);
    await revoke(base, "one", { revoke_in: "2d" });
    await revoke(middle, "one", { revoke_in: "1d" });
    expect((await version(leaf, "one")).revocation_inherited_from.bucket_name).toBe(middle);
    await revoke(middle, "one", { restore: true });
    expect((await version(leaf, "one")).revocation_inherited_from.bucket_name).toBe(base);
    await revoke(base, "one", { restore: true });
    expect(await version(leaf, "one")).toMatchObject({ status: "VERSION_ACTIVE", revocation_inherited_from: null });
  });

  it("that is inherited can be brought forward by hand, not put off", async () => {
    await family();
    await revoke(base, "one", { revoke_in: "10d" });
    expect(await revoke(leaf, "one", { revoke_in: "20d" })).toMatchObject({ status: 400, json: { code: 9 } });
    expect((await revoke(leaf, "one", { revoke_in: "1d" })).json.version).toMatchObject({ revocation_type: "MANUAL" });
    await revoke(base, "one", { restore: true });
    expect((await version(leaf, "one")).revocation_type).toBe("MANUAL");
    expect((await version(middle, "one")).status).toBe("VERSION_ACTIVE");
  });

  it("is taken back with what was inherited from it, and moves no channel", async () => {
    await family();
    await registry.publish(base, "two");
    await channel(base, "production", "two");
    await revoke(base, "two");
    await revoke(base, "one");
    await revoke(leaf, "one", { restore: true });
    const inherited = await revoke(leaf, "one", { restore: true });
    expect(inherited).toMatchObject({ status: 400, json: { code: 9 } });
    expect(inherited.json.message).toMatch(/^Directly restoring this version does not apply\./);
    expect(inherited.json.message).toContain(`${base} v1`);
    const restored = await revoke(base, "one", { restore: true });
    expect(restored.json).toMatchObject({
      version: { status: "VERSION_ACTIVE", revoke_at: null, revocation_message: "", revocation_inherited_from: null },
      operation: { state: "DONE" },
    });
    for (const bucket of [middle, leaf]) expect((await version(bucket, "one")).status).toBe("VERSION_ACTIVE");
    const again = await revoke(base, "one", { restore: true });
    expect(again).toMatchObject({ status: 400, json: { code: 9 } });
    expect(again.json.message).toMatch(/^Restoring does not apply\. This version is valid and .* $/);
  });

  it("outlives the ancestor it was inherited from, and can then be taken back directly", async () => {
    await family();
    await revoke(base, "one");
    await registry.expect("DELETE", `/buckets/${base}`);
    expect(await version(middle, "one")).toMatchObject({ status: "VERSION_REVOKED", revocation_inherited_from: null });
    expect((await revoke(middle, "one", { restore: true })).json.version.status).toBe("VERSION_ACTIVE");
  });

  it.each([
    { revoke_in: "1h", revoke_at: "2030-01-01T00:00:00Z" },
    { revoke_in: "1h", restore: true },
    { revoke_at: "2030-01-01T00:00:00Z", complete: true },
    { restore: true, complete: true },
    { revoke_in: "soon" },
    { revoke_in: "5" },
    { revoke_in: "99999999999d" },
    { revoke_at: "2030-01-01" },
    { revoke_at: "2030-13-45T99:00:00Z" },
    { revoke_at: 1 },
    { restore: "yes" },
    { revocation_message: "without a date" },
  ])("refuses requests that say nothing clear: %j", async (body) => {
    await registry.publish(base, "one");
    expect(await revoke(base, "one", body)).toMatchObject({ status: 400, json: { code: 3 } });
    expect((await version(base, "one")).status).toBe("VERSION_ACTIVE");
  });

  it("takes a date that was never set for none", async () => {
    await registry.publish(base, "one");
    expect((await revoke(base, "one", { revoke_at: "0001-01-01T00:00:00.000Z" })).json.version.status).toBe(
      "VERSION_ACTIVE",
    );
  });

  it("writes a job for everything that changed, and one for the moment it takes effect", async () => {
    await family();
    const ids = [await version(base, "one"), await version(middle, "one"), await version(leaf, "one")].map(
      (v) => v.id as string,
    );
    const jobs = async () => {
      const rows = await registry.server.db
        .selectFrom("jobs")
        .select(["payload", "run_at"])
        .where("kind", "=", "version-revocation-changed")
        .orderBy("id")
        .execute();
      return rows
        .map((row) => ({
          runAt: row.run_at,
          ids: (JSON.parse(row.payload) as { versionIds: string[] }).versionIds.sort(),
        }))
        .filter((job) => job.ids.includes(ids[0] as string));
    };
    await revoke(base, "one", { revoke_in: "1h" });
    expect(await jobs()).toEqual([
      { runAt: registry.clock.now, ids: [...ids].sort() },
      { runAt: registry.clock.now + 3_600_000, ids: [...ids].sort() },
    ]);
    await revoke(base, "one", { restore: true });
    expect(await jobs()).toHaveLength(3);
  });

  it("that is brought forward is brought forward for everything that inherited it", async () => {
    await family();
    await revoke(base, "one", { revoke_in: "10d" });
    const sooner = new Date(registry.clock.now + 3_600_000).toISOString();
    await revoke(base, "one", { revoke_at: sooner });
    expect(await version(leaf, "one")).toMatchObject({
      revoke_at: sooner,
      revocation_type: "INHERITED",
      status: "VERSION_REVOCATION_SCHEDULED",
    });
  });

  it("cannot be given twice, and a version that is restored under a revoked ancestor inherits that revocation", async () => {
    await family();
    await revoke(middle, "one");
    expect(await revoke(middle, "one")).toMatchObject({ status: 400, json: { code: 9 } });
    await revoke(base, "one", { revoke_in: "0s", revocation_message: "base" });
    expect((await version(middle, "one")).revocation_type).toBe("MANUAL");
    await revoke(middle, "one", { restore: true });
    for (const bucket of [middle, leaf]) {
      expect(await version(bucket, "one")).toMatchObject({
        status: "VERSION_REVOKED",
        revocation_type: "INHERITED",
        revocation_message: "base",
      });
    }
    expect(await revoke(middle, "one", { restore: true })).toMatchObject({ status: 400, json: { code: 9 } });
  });

  it("keeps a version that completes under it from latest, until it is restored and what came after it is deleted", async () => {
    const parent = await registry.publish(base, "one");
    await registry.publish(middle, "one");
    await revoke(base, "one");
    await registry.publish(middle, "two", [{ parent_version_id: parent.id }]);
    expect(await served(middle, "latest")).toBe("one");
    await registry.publish(middle, "three");
    await revoke(base, "one", { restore: true });
    expect(await served(middle, "latest")).toBe("three");
    await registry.expect("DELETE", `/buckets/${middle}/versions/three`);
    expect(await served(middle, "latest")).toBe("two");
  });

  it("that is due takes no channel back: its readers see that the version is revoked", async () => {
    await registry.publish(base, "one");
    await registry.publish(base, "two");
    await channel(base, "production", "two");
    await revoke(base, "two", { revoke_in: "1h" });
    registry.clock.now += 3_600_000;
    await registry.server.settle();
    for (const name of ["production", "latest"]) {
      const { channel: read } = await registry.expect("GET", `/buckets/${base}/channels/${name}`);
      expect(read.version).toMatchObject({ fingerprint: "two", status: "VERSION_REVOKED" });
    }
    const listed = await registry.expect("GET", `/buckets/${base}/versions`);
    expect(listed.versions[0].status).toBe("VERSION_REVOKED");
    expect((await registry.expect("GET", `/buckets/${base}`)).bucket.latest_version.status).toBe("VERSION_REVOKED");
    const { history } = await registry.expect("GET", `/buckets/${base}/channels/production/history`);
    expect(history[0].version.status).toBe("VERSION_REVOKED");
    // Nobody is pointed at it anew.
    expect(
      await registry.call("POST", `/buckets/${base}/channels`, { body: { name: "other", version_fingerprint: "two" } }),
    ).toMatchObject({ status: 400, json: { code: 9 } });
  });
});
