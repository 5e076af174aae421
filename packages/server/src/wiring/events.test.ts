import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listEvents, recordEvent, type Event } from "../features/events/index.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";

describe.each(databasesUnderTest())("what happens is written down, on $name", (kind) => {
  let registry: RegistryUnderTest;
  let tfe: TfeFixture;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    tfe = new TfeFixture(registry.server);
  });
  afterAll(() => registry.close());

  /** Oldest first. */
  async function events(matches: (event: Event) => boolean): Promise<Event[]> {
    const { organizationId } = registry.ids;
    const all = await listEvents(registry.server.db, { organizationId, projects: null, limit: 1000 });
    return all.reverse().filter(matches);
  }
  const jobsOf = async (id: string) =>
    registry.server.db.selectFrom("jobs").select("id").where("unique_key", "=", id).execute();

  it("every status of a run, once and in order, and that it waits for a person", async () => {
    const workspace = await tfe.createWorkspace("recorded");
    const run = await tfe.createRun(workspace.id);
    await tfe.finishPlan(await tfe.mustClaim(), { hasChanges: true });
    const ofRun = (event: Event) => event.data["runId"] === run.id;
    const planned = await events(ofRun);
    expect(planned.map((event) => event.kind)).toEqual([
      "run.pending",
      "run.plan_queued",
      "run.planning",
      "run.planned",
    ]);
    expect(planned.map((event) => event.data["waits"])).toEqual([false, false, false, true]);
    expect(planned[0]?.actorName).toBe("admin");
    expect(planned.at(-1)?.summary).toBe("Run 1 of recorded is planned");
    await tfe.must("POST", `runs/${run.id}/actions/discard`);
    expect((await events(ofRun)).at(-1)?.kind).toBe("run.discarded");
  });

  it("an auto-applied run never waits for a person", async () => {
    const workspace = await tfe.createWorkspace("unattended", { "auto-apply": true });
    const run = await tfe.createRun(workspace.id);
    await tfe.finishPlan(await tfe.mustClaim(), { hasChanges: true });
    const waiting = await events((event) => event.data["runId"] === run.id && event.data["waits"] === true);
    expect(waiting).toEqual([]);
    await tfe.must("POST", `runs/${run.id}/actions/cancel`);
  });

  it("a version that is built, promoted, revoked on a date, in effect then, and restored", async () => {
    await registry.publish("recorded", "one");
    await registry.publish("recorded", "two");
    await registry.expect("POST", "/buckets/recorded/channels", { body: { name: "production" } });
    await registry.expect("PATCH", "/buckets/recorded/channels/production", {
      body: { version_fingerprint: "one", update_mask: "versionFingerprint" },
    });
    await registry.expect("PATCH", "/buckets/recorded/versions/one", {
      body: { revoke_in: "1h", revocation_message: "CVE-1" },
    });
    const ofBucket = (event: Event) => event.data["bucket"] === "recorded";
    expect((await events(ofBucket)).map((event) => event.summary)).toEqual([
      "A version of recorded is being built (fingerprint one)",
      "recorded v1 was built",
      "Channel latest of recorded points at v1",
      "A version of recorded is being built (fingerprint two)",
      "recorded v2 was built",
      "Channel latest of recorded points at v2",
      "Channel production of recorded points at v1",
      expect.stringMatching(/^recorded v1 will be revoked on \S+ \S+ UTC: CVE-1$/),
    ]);
    registry.clock.now += 3_600_001;
    await registry.server.settle();
    await registry.server.settle();
    const inEffect = await events((event) => ofBucket(event) && event.kind === "version.revoked");
    expect(inEffect.map((event) => event.summary)).toEqual(["recorded v1 is revoked: CVE-1"]);
    await registry.expect("PATCH", "/buckets/recorded/versions/one", { body: { restore: true } });
    expect((await events(ofBucket)).at(-1)?.kind).toBe("version.restored");
  });

  it("who deleted a version and what it held, and what a channel pointed at before", async () => {
    await registry.publish("gone", "one");
    await registry.publish("gone", "two");
    await registry.expect("DELETE", "/buckets/gone/versions/two");
    const [back, deleted] = (await events((event) => event.data["bucket"] === "gone")).slice(-2);
    expect(back).toMatchObject({
      kind: "channel.assigned",
      data: { channel: "latest", version: "v1", previous: { version: "v2", fingerprint: "two" } },
    });
    expect(deleted).toMatchObject({
      kind: "version.deleted",
      summary: "gone v2 was deleted",
      data: {
        actor: { kind: "service_principal", id: expect.stringMatching(/./) as string },
        builds: [{ platform: "aws", artifacts: [{ region: "us-east-1", externalIdentifier: "gone-two-0" }] }],
      },
    });
  });

  it("a scheduled revocation that is taken back in time never takes effect", async () => {
    await registry.publish("spared", "one");
    await registry.publish("spared", "two");
    await registry.expect("PATCH", "/buckets/spared/versions/one", { body: { revoke_in: "1h" } });
    await registry.expect("PATCH", "/buckets/spared/versions/one", { body: { restore: true } });
    registry.clock.now += 3_600_001;
    await registry.server.settle();
    const kinds = (await events((event) => event.data["bucket"] === "spared")).map((event) => event.kind);
    expect(kinds.filter((one) => one.startsWith("version.rev"))).toEqual([
      "version.revocation_scheduled",
      "version.revocation_canceled",
    ]);
  });

  it("nothing of what is rolled back, neither the event nor its job", async () => {
    const { organizationId, projectId } = registry.ids;
    const event = { organizationId, projectId, workspaceId: null, actorName: null, data: {} };
    let id = "";
    const failing = registry.server.db.transaction().execute(async (tx) => {
      ({ id } = await recordEvent(tx, { ...event, kind: "run.applied", summary: "never" }, registry.clock.now));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await events((one) => one.summary === "never")).toEqual([]);
    expect(await jobsOf(id)).toEqual([]);
  });
});
