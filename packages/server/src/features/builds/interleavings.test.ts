import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "../../db/database.ts";
import { databasesUnderTest, type TestDatabase } from "../../testing/index.ts";
import type { Actor, Place } from "../access/index.ts";
import { createBucket } from "../buckets/index.ts";
import { createChannel, getChannel, openLatestChannel, readChannelHistory, updateChannel } from "../channels/index.ts";
import { insertOrganization } from "../organizations/index.ts";
import { insertProject } from "../projects/index.ts";
import { restoreVersion, revokeVersion } from "../revocation/index.ts";
import { createVersion, findVersion, isRevoked } from "../versions/index.ts";
import { cancelSilentBuilds } from "./cancel-silent-builds.ts";
import { createBuild } from "./create-build.ts";
import { listBuilds } from "./build-store.ts";
import { updateBuild } from "./update-build.ts";

// Enough to meet every order many times on two cores in a minute; INGOT_INTERLEAVINGS=1000 is the long run.
const rounds = Number(process.env["INGOT_INTERLEAVINGS"] ?? 100);
const timeout = 60_000 + rounds * 1_000;
const wakeJobs = (): void => {};

describe.each(databasesUnderTest())("writers of one version on $name", (kind) => {
  let database: TestDatabase;
  let db: Db;
  let place: Place;
  let actor: Actor;
  const now = (): number => 1_900_000_000_000;

  beforeAll(async () => {
    database = await kind.create();
    db = database.db;
    const organization = await insertOrganization(db, "acme", 0);
    const project = await insertProject(db, { organizationId: organization.id, name: "images" }, 0);
    place = { organizationId: organization.id, projectId: project.id };
    actor = {
      kind: "service_principal",
      id: "sp",
      name: "ci",
      organizationId: organization.id,
      grants: [{ role: "admin", organizationId: organization.id, projectId: null, bucketName: null }],
      needs: null,
      workspaceId: null,
      runId: null,
    };
  });
  afterAll(() => database.close());

  const deps = () => ({ db, now, wakeJobs, openLatestChannel });

  async function openVersion(bucket: string, fingerprint: string, components: number): Promise<string[]> {
    const ref = { ...place, name: bucket };
    await createVersion(deps(), actor, ref, { fingerprint, templateType: "hcl2" });
    const ids: string[] = [];
    for (let i = 0; i < components; i++) {
      const content = { componentType: `null.${i}`, status: "running", packerRunUuid: "u" } as const;
      ids.push((await createBuild(deps(), actor, { ...ref, fingerprint }, content)).id);
    }
    return ids;
  }

  function finish(bucket: string, fingerprint: string, buildId: string) {
    const artifacts = [{ externalIdentifier: `${fingerprint}-${buildId}`, region: "here" }];
    const ref = { ...place, name: bucket, fingerprint, buildId };
    return updateBuild(deps(), actor, ref, { status: "done", platform: "test", artifacts });
  }

  async function publish(bucket: string, fingerprint: string): Promise<void> {
    const [build = ""] = await openVersion(bucket, fingerprint, 1);
    await finish(bucket, fingerprint, build);
  }

  async function versionOf(bucketId: string, fingerprint: string) {
    const version = await findVersion(db, { bucketId, fingerprint });
    if (version === undefined) throw new Error(`no version ${fingerprint}`);
    return version;
  }

  it("completes a version exactly once when its two to sixteen builds finish together", { timeout }, async () => {
    const bucket = await createBucket(deps(), actor, { ...place, name: "finishers" }, {});
    for (let round = 1; round <= rounds; round++) {
      const fingerprint = `r${round}`;
      const builds = await openVersion("finishers", fingerprint, 2 + (round % 15));
      await Promise.all(builds.map((id) => finish("finishers", fingerprint, id)));
      const version = await versionOf(bucket.id, fingerprint);
      expect(version.number).toBe(round);
      expect((await getChannel(db, { bucketId: bucket.id, name: "latest" })).versionId).toBe(version.id);
    }
    const history = await readChannelHistory(
      db,
      actor,
      { ...place, name: "finishers", channelName: "latest" },
      { limit: 1 },
    );
    expect(history.total).toBe(rounds);
  });

  it("numbers two versions of one bucket that complete together without a gap", { timeout }, async () => {
    const bucket = await createBucket(deps(), actor, { ...place, name: "siblings" }, {});
    for (let round = 0; round < rounds; round++) {
      const [a = ""] = await openVersion("siblings", `a${round}`, 1);
      const [b = ""] = await openVersion("siblings", `b${round}`, 1);
      await Promise.all([finish("siblings", `a${round}`, a), finish("siblings", `b${round}`, b)]);
      const versions = [await versionOf(bucket.id, `a${round}`), await versionOf(bucket.id, `b${round}`)];
      const last = versions.find((v) => v.number === 2 * round + 2);
      expect(versions.map((v) => v.number).sort((x, y) => (x ?? 0) - (y ?? 0))).toEqual([2 * round + 1, 2 * round + 2]);
      expect((await getChannel(db, { bucketId: bucket.id, name: "latest" })).versionId).toBe(last?.id);
    }
  });

  it("never lets a heartbeat, a cancellation or the upkeep undo a completion", { timeout }, async () => {
    const bucket = await createBucket(deps(), actor, { ...place, name: "beats" }, {});
    for (let round = 1; round <= rounds; round++) {
      const fingerprint = `r${round}`;
      const [id = ""] = await openVersion("beats", fingerprint, 1);
      const ref = { ...place, name: "beats", fingerprint, buildId: id };
      await Promise.all([
        updateBuild(deps(), actor, ref, { status: "running", packerRunUuid: "u" }),
        finish("beats", fingerprint, id),
        cancelSilentBuilds(db, now() + 10 * 60_000),
        updateBuild(deps(), actor, ref, { status: "running", packerRunUuid: "u" }),
        ...(round % 2 === 0 ? [updateBuild(deps(), actor, ref, { status: "cancelled" })] : []),
      ]);
      const version = await versionOf(bucket.id, fingerprint);
      const [build] = await listBuilds(db, [version.id], { withMetadata: true });
      expect(version.number).toBe(round);
      expect(build).toMatchObject({ status: "done", platform: "test", artifacts: [{ region: "here" }] });
    }
  });

  /** Resolves after so many round trips to the database. */
  async function afterLooking(times: number): Promise<void> {
    for (let i = 0; i < times; i++) await db.selectFrom("settings").select("key").execute();
  }

  it("never leaves a channel on a version that was revoked while it was promoted", { timeout }, async () => {
    const bucket = await createBucket(deps(), actor, { ...place, name: "promoted" }, {});
    const ref = { ...place, name: "promoted" };
    await publish("promoted", "good");
    await publish("promoted", "bad");
    await createChannel(deps(), actor, ref, { name: "production", fingerprint: "good", restricted: false });
    const good = await versionOf(bucket.id, "good");
    let promotedFirst = 0;
    for (let round = 0; round < rounds; round++) {
      const promote = () =>
        updateChannel(deps(), actor, { ...ref, channelName: "production" }, { fingerprint: "bad" }).then(
          () => true,
          (error: { code?: string }) => {
            expect(error.code).toBe("version_revoked");
            return false;
          },
        );
      const revoke = () =>
        revokeVersion(
          deps(),
          actor,
          { ...ref, fingerprint: "bad" },
          { revokeAt: now(), message: "", cascades: true, rollsBackUserChannels: true },
        );
      // The revocation locks more, and so may come second even when it begins first: every other time it gets a start,
      // of different lengths.
      const promoting = round % 2 === 0 ? promote() : afterLooking(round % 16).then(promote);
      const [promoted] = await Promise.all([promoting, revoke()]);
      if (promoted) promotedFirst++;
      expect(isRevoked(await versionOf(bucket.id, "bad"), now())).toBe(true);
      expect((await getChannel(db, { bucketId: bucket.id, name: "production" })).versionId).toBe(good.id);
      await restoreVersion(deps(), actor, { ...ref, fingerprint: "bad" });
    }
    // Both orders were seen, or the test shows nothing.
    expect(promotedFirst).toBeGreaterThan(0);
    expect(promotedFirst).toBeLessThan(rounds);
  });

  it("lets no child escape a revocation that it was recorded under", { timeout }, async () => {
    const parentBucket = await createBucket(deps(), actor, { ...place, name: "parent" }, {});
    const bucket = await createBucket(deps(), actor, { ...place, name: "child" }, {});
    const childrenOfOneParent = 20;
    let parentRef = { ...place, name: "parent", fingerprint: "" };
    let parent!: Awaited<ReturnType<typeof versionOf>>;
    for (let round = 0; round < rounds; round++) {
      if (round % childrenOfOneParent === 0) {
        parentRef = { ...parentRef, fingerprint: `p${round}` };
        await publish("parent", parentRef.fingerprint);
        parent = await versionOf(parentBucket.id, parentRef.fingerprint);
      }
      const fingerprint = `c${round}`;
      const [id = ""] = await openVersion("child", fingerprint, 1);
      const record = () =>
        updateBuild(
          deps(),
          actor,
          { ...place, name: "child", fingerprint, buildId: id },
          { status: "done", parentVersionId: parent.id },
        );
      const revoke = () =>
        revokeVersion(deps(), actor, parentRef, {
          revokeAt: now(),
          message: "",
          cascades: true,
          rollsBackUserChannels: true,
        });
      await (round % 2 === 0 ? Promise.all([record(), revoke()]) : reversed(revoke, record));
      const child = await versionOf(bucket.id, fingerprint);
      expect(child.revocation).toMatchObject({ type: "inherited", inheritedFromId: parent.id, revokeAt: now() });
      await restoreVersion(deps(), actor, parentRef);
      expect((await versionOf(bucket.id, fingerprint)).revocation).toBeNull();
    }
  });
});

/** Starts the second one first; answers in the order given. */
async function reversed<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[B, A]> {
  const [a, b] = await Promise.all([first(), second()]);
  return [b, a];
}
