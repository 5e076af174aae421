import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe.each(databasesUnderTest())("alerts about images on $name", (kind) => {
  let loop: LoopFixture;
  let bucket: string;
  let workspace: { id: string };
  let number = 0;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
  });
  afterAll(() => loop.close());

  beforeEach(async () => {
    bucket = `alarm-${++number}`;
    ({ workspace } = await loop.followerOf(bucket, `ws-${number}`));
  });

  const ofWorkspace = async (state = "open"): Promise<any[]> =>
    (await loop.read(`/alerts?state=${state}&workspace=${workspace.id}`)).alerts;
  const revocations = async (state = "open"): Promise<any[]> =>
    (await loop.read(`/alerts?state=${state}`)).alerts.filter(
      (alert: any) => alert.kind === "revocation" && alert.bucket === bucket,
    );

  it("open for the workspace and the organization when a version is revoked, and resolve when it is restored", async () => {
    expect(await ofWorkspace()).toEqual([]);
    await loop.revoke(bucket, "one");
    expect(await ofWorkspace()).toMatchObject([
      {
        kind: "image-status",
        severity: "critical",
        title: `${bucket} v1, which ws-${number} runs, is revoked`,
        detail: "Used by devcloud_machine.web[0].",
        bucket,
        version: "v1",
      },
    ]);
    expect(await revocations()).toMatchObject([
      { severity: "critical", title: `${bucket} v1 is revoked and still in use`, workspace: null, version: "v1" },
    ]);
    await loop.restore(bucket, "one");
    expect(await ofWorkspace()).toEqual([]);
    expect(await revocations()).toEqual([]);
    expect(await ofWorkspace("resolved")).toHaveLength(1);
    expect(await revocations("resolved")).toHaveLength(1);
  });

  it("get worse on the day of a scheduled revocation, and resolve when the last workspace has moved away", async () => {
    await loop.revoke(bucket, "one", { revoke_in: "1h" });
    expect(await ofWorkspace()).toMatchObject([{ severity: "warning" }]);
    const [scheduled] = await revocations();
    expect(scheduled).toMatchObject({ severity: "warning" });
    loop.registry.clock.now += hourMs;
    await loop.registry.server.settle();
    expect(await ofWorkspace()).toMatchObject([{ severity: "critical" }]);
    expect(await revocations()).toMatchObject([{ id: scheduled.id, severity: "critical", state: "open" }]);

    const better = await loop.publish(bucket, "two");
    await loop.promote(bucket, "two");
    await loop.runImages(workspace.id, better);
    expect(await ofWorkspace()).toEqual([]);
    expect(await revocations()).toEqual([]);
  });

  it("are one for a revocation with all that inherits it", async () => {
    const base = await loop.version(bucket, "one");
    const child = await loop.publish(`${bucket}-child`, "child", base.id);
    const second = await loop.tfe.createWorkspace(`child-${number}`);
    await loop.runImages(second.id, child);
    await loop.revoke(bucket, "one");
    expect(await revocations()).toMatchObject([{ detail: expect.stringContaining("2 workspaces run or read it") }]);
    const all = (await loop.read("/alerts")).alerts.filter((alert: any) => alert.kind === "revocation");
    expect(all.filter((alert: any) => alert.bucket === `${bucket}-child`)).toEqual([]);
  });

  it("are none for a revocation that affects nobody", async () => {
    await loop.publish(bucket, "unused");
    await loop.revoke(bucket, "unused");
    expect(await revocations("all")).toEqual([]);
    expect(await ofWorkspace("all")).toEqual([]);
  });

  it("open by themselves when an image gets too old, and resolve when the limit is lifted", async () => {
    const path = `/workspaces/${workspace.id}/settings`;
    const as = loop.registry.tokens.admin;
    expect((await loop.console("PATCH", path, { as, body: { image_age_days_max: 30 } })).status).toBe(200);
    await loop.registry.server.settle();
    expect(await ofWorkspace()).toEqual([]);
    loop.registry.clock.now += 31 * dayMs;
    await loop.registry.server.settle();
    expect(await ofWorkspace()).toMatchObject([{ kind: "image-status", severity: "warning", version: "v1" }]);
    expect((await loop.console("PATCH", path, { as, body: { image_age_days_max: null } })).status).toBe(200);
    loop.registry.clock.now += hourMs;
    await loop.registry.server.settle();
    expect(await ofWorkspace()).toEqual([]);
  });

  /** Whether the receiver would have taken it is another question: what is written is what would be sent. */
  async function told(scope: { readonly id: string } | null, triggers: string[]): Promise<() => Promise<unknown[]>> {
    const as = loop.registry.tokens.admin;
    const { json } = await loop.console("POST", "/notification-configurations", {
      as,
      body: {
        name: "n",
        destination: "webhook",
        url: "https://hooks.invalid/",
        triggers,
        ...(scope === null ? {} : { workspace: scope.id }),
      },
    });
    await loop.registry.server.db
      .updateTable("notification_configurations")
      .set({ enabled: 1 })
      .where("id", "=", json.id)
      .execute();
    return async () => {
      const { deliveries } = await loop.read(`/notification-configurations/${json.id}/deliveries`, as);
      return deliveries.map((one: any) => [one.trigger, one.title]);
    };
  }

  it("are told to the organization, and to the workspaces that are affected", async () => {
    const stranger = await loop.tfe.createWorkspace(`calm-${number}`);
    const triggers = ["alert:revocation", "channel:moved"];
    const everybody = await told(null, triggers);
    const affected = await told(workspace, triggers);
    const others = await told(stranger, triggers);
    await loop.revoke(bucket, "one");
    await loop.publish(bucket, "two");
    await loop.promote(bucket, "two");
    await loop.registry.server.settle();
    const expected = [
      ["channel:moved", `Channel moved: ${bucket} production`],
      ["alert:revocation", `Alert: ${bucket} v1 is revoked and still in use`],
    ];
    expect(await affected()).toEqual(expected);
    expect(await everybody()).toEqual(expect.arrayContaining(expected));
    expect(await others()).toEqual([]);
  });
});
