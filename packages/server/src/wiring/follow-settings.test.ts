import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunnerJob } from "@ingot/runner/protocol";
import { createToken } from "../features/access/index.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

describe.each(databasesUnderTest())("following a channel on $name", (kind) => {
  let loop: LoopFixture;
  let bucket: string;
  let workspace: { id: string };
  let number = 0;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
  });
  afterAll(() => loop.close());

  /** A workspace with a configuration that has read `production` when it pointed at v1. */
  beforeEach(async () => {
    bucket = `followed-${++number}`;
    for (const fingerprint of ["one", "two", "three"]) await loop.publish(bucket, fingerprint);
    await loop.promote(bucket, "one");
    workspace = await loop.tfe.createWorkspace(`follower-${number}`);
    await loop.tfe.upload(workspace.id);
    await loop.follow(workspace.id, bucket);
    await loop.registry.server.settle();
  });

  const set = (follow: string) => loop.console("PATCH", `/workspaces/${workspace.id}/settings`, { body: { follow } });
  const move = async (fingerprint: string) => {
    // Runs are listed by the moment of their making.
    loop.registry.clock.now += 1000;
    await loop.promote(bucket, fingerprint);
    await loop.registry.server.settle();
  };
  /** Newest first. */
  const runs = async (): Promise<any[]> => (await loop.read(`/runs?workspace=${workspace.id}`)).runs;
  const statuses = async () => (await runs()).map((run) => run.status);
  const readChannel = (job: RunnerJob) =>
    loop.registry.server.fetch(`/consume/v1/ingot/default/buckets/${bucket}/channels/production`, {
      headers: { authorization: `Bearer ${job.environment["INGOT_TOKEN"]}` },
    });
  const plan = async () => {
    const job = await loop.tfe.mustClaim();
    await readChannel(job);
    await loop.tfe.finishPlan(job);
    await loop.registry.server.settle();
  };

  it.each(["off", "notify"])("makes no run when the setting is %s", async (follow) => {
    await set(follow);
    await move("two");
    expect(await runs()).toEqual([]);
  });

  it("is not what an assessment does that reads it: what it sees is applied nowhere", async () => {
    const { db, organizationId, projectId } = loop.registry.server;
    // As the assessments make it: of the workspace, and of no run.
    const credential = await createToken(
      db,
      { organizationId, projectId, principalId: null, workspaceId: workspace.id, name: "assess", expiresAt: null },
      loop.registry.clock.now,
    );
    await set("off");
    await move("two");
    const read = await loop.registry.server.fetch(`/consume/v1/ingot/default/buckets/${bucket}/channels/production`, {
      headers: { authorization: `Bearer ${credential}` },
    });
    expect([read.status, read.json.version.name]).toEqual([200, "v2"]);
    expect((await loop.read(`/workspaces/${workspace.id}`)).follows).toMatchObject([
      { version_read: "v1", version_now: "v2" },
    ]);
  });

  it("plans and waits for a person when the setting is plan, whatever the workspace does with other runs", async () => {
    await loop.tfe.must("PATCH", `workspaces/${workspace.id}`, {
      data: { type: "workspaces", attributes: { "auto-apply": true } },
    });
    await move("two");
    await plan();
    expect(await runs()).toMatchObject([
      {
        status: "planned",
        auto_apply: false,
        waits_for_confirmation: true,
        created_by: "Ingot",
        source: "ingot-channel",
        message: `Channel production of ${bucket} now points at v2`,
        cause: {
          kind: "channel-moved",
          bucket,
          channel: "production",
          version: "v2",
          previous_version: "v1",
          follow: "plan",
        },
      },
    ]);
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/discard`, {});
  });

  it("applies by itself when the setting is apply", async () => {
    await set("apply");
    await move("two");
    await plan();
    expect(await runs()).toMatchObject([{ status: "apply_queued", auto_apply: true, cause: { follow: "apply" } }]);
    const job = await loop.tfe.mustClaim();
    expect((await loop.tfe.complete(job)).status).toBe(200);
    expect(await statuses()).toEqual(["applied"]);
  });

  it("lets a newer move end the run of an older one that nobody has confirmed, and says so on it", async () => {
    await move("two");
    await plan();
    await move("three");
    const [newer, older] = await runs();
    expect(older).toMatchObject({
      status: "discarded",
      error_message: `Superseded: channel production of ${bucket} moved on to v3 before anybody confirmed this run.`,
    });
    expect(newer).toMatchObject({ status: "plan_queued", cause: { version: "v3", previous_version: "v2" } });
    await plan();
    expect(await statuses()).toEqual(["planned", "discarded"]);
    await loop.tfe.must("POST", `runs/${newer.id}/actions/discard`, {});
  });

  it("replaces a run that no runner has begun, so that each run says what it is for", async () => {
    await move("two");
    await move("three");
    expect(await runs()).toMatchObject([
      { status: "plan_queued", cause: { version: "v3" } },
      { status: "canceled", cause: { version: "v2" } },
    ]);
    await plan();
    expect(await loop.tfe.claim()).toBeNull();
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/discard`, {});
  });

  it("ends a run after its plan when the channel moved on while it was planning", async () => {
    await move("two");
    const job = await loop.tfe.mustClaim();
    await readChannel(job);
    await move("three");
    expect(await statuses()).toEqual(["pending", "planning"]);
    await loop.tfe.finishPlan(job);
    await loop.registry.server.settle();
    expect(await statuses()).toEqual(["plan_queued", "discarded"]);
    await plan();
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/discard`, {});
  });

  it("leaves a run alone that somebody has confirmed or asked for", async () => {
    await move("two");
    await plan();
    const [confirmed] = await runs();
    await loop.tfe.must("POST", `runs/${confirmed.id}/actions/apply`, {});
    loop.registry.clock.now += 1000;
    const asked = await loop.tfe.createRun(workspace.id, { message: "by hand" });
    await move("three");
    expect(await statuses()).toEqual(["pending", "pending", "apply_queued"]);
    await loop.tfe.complete(await loop.tfe.mustClaim());
    await loop.tfe.finishPlan(await loop.tfe.mustClaim());
    await loop.registry.server.settle();
    expect(await loop.tfe.status(asked.id)).toBe("planned");
    await loop.tfe.must("POST", `runs/${asked.id}/actions/discard`, {});
    await plan();
    expect((await runs())[0]).toMatchObject({ status: "planned", cause: { version: "v3" } });
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/discard`, {});
  });

  it("makes one run of two moves in quick succession, for where the channel went", async () => {
    await loop.promote(bucket, "two");
    await move("three");
    expect(await runs()).toMatchObject([{ status: "plan_queued", cause: { version: "v3", previous_version: "v1" } }]);
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/cancel`, {});
  });

  it("is not stopped by a follower that has nothing to run", async () => {
    const bare = await loop.tfe.createWorkspace(`bare-${number}`);
    await loop.follow(bare.id, bucket);
    await move("two");
    expect(await statuses()).toEqual(["plan_queued"]);
    expect((await loop.read(`/runs?workspace=${bare.id}`)).runs).toEqual([]);
    await loop.tfe.must("POST", `runs/${(await runs())[0].id}/actions/cancel`, {});
  });
});
