import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  checkWorkspaceImages,
  countImageUses,
  listImageUses,
  summarizeImageUses,
  type ImageUse,
  type ImageUseList,
} from "../features/image-uses/index.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

const dayMs = 86_400_000;

describe.each(databasesUnderTest())("the status of an image on $name", (kind) => {
  let loop: LoopFixture;
  let bucket: string;
  let image: string;
  let workspace: { id: string };
  let number = 0;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
  });
  afterAll(() => loop.close());

  beforeEach(async () => {
    bucket = `golden-${++number}`;
    ({ image, workspace } = await loop.followerOf(bucket, `ws-${number}`));
  });

  const now = () => loop.registry.clock.now;
  const list = (filter: Partial<ImageUseList> = {}) =>
    listImageUses(
      loop.registry.server.db,
      { organizationId: loop.registry.ids.organizationId, projects: null, limit: 100, ...filter },
      now(),
    );
  const use = async (): Promise<ImageUse> => {
    const { uses } = await list({ workspaceId: workspace.id });
    expect(uses).toHaveLength(1);
    return uses[0] as ImageUse;
  };
  const checks = async () =>
    Object.fromEntries(
      ((await checkWorkspaceImages(loop.registry.server.db, workspace.id, now())) ?? []).map((c) => [c.kind, c.status]),
    );

  it("changes with the move of the channel, without a plan, and says since when", async () => {
    expect(await use()).toMatchObject({
      status: "current",
      channelName: "production",
      channelVersionName: "v1",
      behindSince: null,
    });
    await loop.publish(bucket, "two");
    expect((await use()).status).toBe("current");
    loop.registry.clock.now += 1000;
    const movedAt = now();
    await loop.promote(bucket, "two");
    loop.registry.clock.now += 1000;
    expect(await use()).toMatchObject({ status: "behind", channelVersionName: "v2", behindSince: movedAt });
    await loop.publish(bucket, "three");
    await loop.promote(bucket, "three");
    expect(await use()).toMatchObject({ status: "behind", channelVersionName: "v3", behindSince: movedAt });
    await loop.promote(bucket, "one");
    expect(await use()).toMatchObject({ status: "current", behindSince: null });
    loop.registry.clock.now += 1000;
    await loop.promote(bucket, "three");
    expect(await use()).toMatchObject({ status: "behind", behindSince: now() });
  });

  it("changes with a revocation, its date and its end", async () => {
    await loop.revoke(bucket, "one", { revoke_in: "1h", revocation_message: "CVE-2" });
    expect(await use()).toMatchObject({ status: "scheduled", revokeAt: now() + 3_600_000, revocationMessage: "CVE-2" });
    expect(await checks()).toMatchObject({ revoked: "pass", "revocation-scheduled": "fail" });
    loop.registry.clock.now += 3_600_000;
    expect((await use()).status).toBe("revoked");
    expect(await checks()).toMatchObject({ revoked: "fail", "revocation-scheduled": "pass" });
    await loop.restore(bucket, "one");
    expect((await use()).status).toBe("current");
    expect(await checks()).toMatchObject({ revoked: "pass", "revocation-scheduled": "pass" });
  });

  it("compares with `latest` when the workspace follows no channel of the bucket", async () => {
    const other = await loop.tfe.createWorkspace(`other-${number}`);
    await loop.runImages(other.id, image);
    await loop.publish(bucket, "two");
    const [found] = (await list({ workspaceId: other.id })).uses;
    expect(found).toMatchObject({ status: "behind", channelName: "latest", channelVersionName: "v2" });
    expect((await use()).status).toBe("current");
  });

  it("is current while one of several followed channels points at the version", async () => {
    await loop.publish(bucket, "two");
    await loop.promote(bucket, "two", "canary");
    await loop.follow(workspace.id, bucket, "canary");
    expect(await use()).toMatchObject({ status: "current", channelName: "production" });
    await loop.promote(bucket, "two");
    expect(await use()).toMatchObject({ status: "behind", channelName: "canary" });
  });

  it("is behind since it was first seen when its channel has never pointed at it or past it", async () => {
    const seenAt = now();
    const newer = await loop.publish(bucket, "two");
    await loop.runImages(workspace.id, newer);
    loop.registry.clock.now += 1000;
    expect(await use()).toMatchObject({ status: "behind", channelVersionName: "v1", behindSince: seenAt });
  });

  it("is unknown when the version was deleted, and untracked when the registry never knew the image", async () => {
    await loop.publish(bucket, "two");
    await loop.promote(bucket, "two");
    await loop.registry.expect("DELETE", `/buckets/${bucket}/versions/one`, { as: loop.registry.tokens.admin });
    expect(await use()).toMatchObject({ status: "unknown", versionName: "v1", fingerprint: null });
    expect(await checks()).toMatchObject({ revoked: "unknown", "revocation-scheduled": "unknown" });
    await loop.runImages(workspace.id, "sha256:somebody-elses");
    expect(await use()).toMatchObject({ status: "untracked", bucketName: null, channelName: null });
    expect(await checks()).toMatchObject({ revoked: "unknown", "too-old": "off" });
  });

  it("is counted for each image, and for each version of one, and for nobody else", async () => {
    await loop.publish(bucket, "two");
    const other = await loop.tfe.createWorkspace(`counted-${number}`);
    await loop.runImages(other.id, image, `sha256:${bucket}-two`, "sha256:somebody-elses");
    const counts = async (query: string, as?: string) => (await loop.read(`/image-uses/counts${query}`, as)).counts;
    const ofImage = (await counts("")).find((one: any) => one.bucket === bucket);
    expect(ofImage).toMatchObject({ version: null, workspaces: 2, statuses: { current: 2, behind: 1, untracked: 0 } });
    expect(await counts(`?bucket=${bucket}`)).toMatchObject([
      { bucket, version: "v1", workspaces: 2, statuses: { current: 1, behind: 1 } },
      { bucket, version: "v2", workspaces: 1, statuses: { current: 1, behind: 0 } },
    ]);
    for (const stranger of [loop.registry.tokens.foreign, loop.registry.tokens.elsewhere]) {
      expect(await counts("", stranger)).toEqual([]);
    }
  });

  it("filters by status and still pages without losing or repeating a use", async () => {
    await loop.publish(bucket, "two");
    const second = `sha256:${bucket}-two`;
    await loop.runImages(workspace.id, image, second, image, second, image, second, image);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await list({
        workspaceId: workspace.id,
        statuses: ["current"],
        limit: 3,
        ...(after === null ? {} : { after }),
      });
      seen.push(...page.uses.map((one) => one.resource));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual([0, 2, 4, 6].map((index) => `devcloud_machine.web[${index}]`));
    expect((await list({ workspaceId: workspace.id, statuses: [] })).uses).toEqual([]);
    expect((await list({ workspaceId: workspace.id, versionIds: [] })).uses).toEqual([]);
  });

  it("is counted by status, for a filter and for each workspace", async () => {
    await loop.publish(bucket, "two");
    await loop.runImages(workspace.id, image, `sha256:${bucket}-two`, "sha256:foreign");
    const { db } = loop.registry.server;
    const organization = { organizationId: loop.registry.ids.organizationId, projects: null };
    expect(await summarizeImageUses(db, { ...organization, workspaceId: workspace.id }, now())).toEqual({
      statuses: { current: 1, behind: 1, scheduled: 0, revoked: 0, unknown: 0, untracked: 1 },
      workspacesAffected: 1,
    });
    expect(await summarizeImageUses(db, { ...organization, bucketName: "nothing" }, now())).toMatchObject({
      workspacesAffected: 0,
    });
    const counts = await countImageUses(db, [workspace.id, "ws-none"], now());
    expect(counts.get(workspace.id)).toMatchObject({ current: 1, behind: 1, untracked: 1, revoked: 0 });
    expect(counts.get("ws-none")).toMatchObject({ current: 0, behind: 0 });
  });

  it("fails the checks of age only where the workspace sets how many days are too many", async () => {
    await loop.publish(bucket, "two");
    await loop.promote(bucket, "two");
    expect(await checks()).toMatchObject({ "too-old": "off", "behind-too-long": "off" });
    await loop.registry.server.db
      .updateTable("workspaces")
      .set({ image_age_days_max: 30, image_behind_days_max: 7 })
      .where("id", "=", workspace.id)
      .execute();
    expect(await checks()).toMatchObject({ "too-old": "pass", "behind-too-long": "pass" });
    loop.registry.clock.now += 8 * dayMs;
    expect(await checks()).toMatchObject({ "too-old": "pass", "behind-too-long": "fail" });
    loop.registry.clock.now += 30 * dayMs;
    expect(await checks()).toMatchObject({ "too-old": "fail", "behind-too-long": "fail" });
  });
});
