import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  insertStage,
  listStages,
  lockRunAtStage,
  settleStage,
  stageKinds,
  type StageKind,
  type StageOutcome,
} from "../features/runs/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { aState, TfeFixture } from "../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("the stages of a run on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });
  beforeEach(async () => {
    now += 120_000;
    await server.settle();
    while ((await tfe.claim()) !== null);
    now += 120_000;
    await server.settle();
  });

  let counter = 0;

  /** A run that has had its turn, with these stages: they are there before it begins, as if its creation had made them. */
  async function runWith(kinds: readonly StageKind[], attributes: Record<string, unknown> = {}): Promise<any> {
    const { id } = await tfe.createWorkspace(`stages${++counter}`);
    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    const run = await tfe.createRun(id, attributes);
    await server.db.transaction().execute(async (tx) => {
      for (const stage of kinds) await insertStage(tx, run.id, stage, now);
    });
    await tfe.must("POST", `workspaces/${id}/actions/unlock`);
    return tfe.run(run.id);
  }

  /** What the run's stage has to say; false when nobody listens any more. */
  async function settle(run: { id: string }, stageKind: StageKind, outcome: StageOutcome): Promise<boolean> {
    const stage = (await listStages(server.db, [run.id])).find((one) => one.kind === stageKind);
    return server.db.transaction().execute(async (tx) => {
      const held = await lockRunAtStage(tx, stage?.id ?? "");
      if (held === undefined) return false;
      await settleStage(tx, held.run, held.stage, outcome, now);
      return true;
    });
  }

  const stageStatuses = async (run: { id: string }) =>
    (await listStages(server.db, [run.id])).map((stage) => stage.status);
  const lockedBy = async (run: any) =>
    (await tfe.must("GET", `workspaces/${run.relationships.workspace.data.id}`)).attributes.locked as boolean;
  const act = (run: { id: string }, action: string) => tfe.api("POST", `runs/${run.id}/actions/${action}`, {});

  /** Takes the run to where it stands at this stage. */
  async function standAt(run: any, at: StageKind): Promise<void> {
    for (const stage of stageKinds) {
      if (stage === "post_plan") await tfe.finishPlan(await tfe.mustClaim());
      if (stage === "pre_apply") await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
      if (stage === "post_apply") {
        const job = await tfe.mustClaim();
        await tfe.put(`${job.urls.state_upload}?final=true`, aState(1));
        await tfe.complete(job);
      }
      if (stage === at) return;
      await settle(run, stage, { status: "passed" });
    }
  }

  it("are passed one after the other, and each moves the run on", async () => {
    const run = await runWith(stageKinds);
    for (const stage of stageKinds) {
      if (stage === "post_plan") {
        expect(await tfe.status(run.id)).toBe("plan_queued");
        await tfe.finishPlan(await tfe.mustClaim());
      }
      if (stage === "pre_apply") {
        expect(await tfe.status(run.id)).toBe("post_plan_completed");
        expect((await tfe.run(run.id)).attributes.actions["is-confirmable"]).toBe(true);
        await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
      }
      if (stage === "post_apply") {
        expect(await tfe.status(run.id)).toBe("apply_queued");
        await tfe.complete(await tfe.mustClaim());
      }
      expect(await tfe.status(run.id)).toBe(`${stage}_running`);
      expect(await tfe.claim()).toBeNull();
      expect(await settle(run, stage, { status: "passed" })).toBe(true);
    }
    const { attributes } = await tfe.run(run.id);
    expect(attributes.status).toBe("applied");
    for (const stage of stageKinds) {
      const name = stage.replace("_", "-");
      expect(Object.keys(attributes["status-timestamps"])).toContain(`${name}-running-at`);
      expect(Object.keys(attributes["status-timestamps"])).toContain(`${name}-completed-at`);
    }
    expect(await stageStatuses(run)).toEqual(["passed", "passed", "passed", "passed"]);
    expect(await lockedBy(run)).toBe(false);
  });

  it("that pass nothing do not let a run plan or apply", async () => {
    const failed = await runWith(["pre_plan", "post_plan"]);
    await settle(failed, "pre_plan", { status: "failed", message: "Too expensive." });
    expect((await tfe.run(failed.id)).attributes).toMatchObject({
      status: "errored",
      "error-message": "Too expensive.",
    });
    expect(await stageStatuses(failed)).toEqual(["failed", "unreachable"]);
    expect((await tfe.plan(failed)).attributes.status).toBe("unreachable");
    expect(await lockedBy(failed)).toBe(false);

    const late = await runWith(["pre_apply"], { "auto-apply": true });
    await tfe.finishPlan(await tfe.mustClaim());
    expect(await tfe.status(late.id)).toBe("pre_apply_running");
    await settle(late, "pre_apply", { status: "errored", message: "No answer." });
    expect(await tfe.status(late.id)).toBe("errored");
    expect((await tfe.apply(late)).attributes.status).toBe("unreachable");
    expect(await tfe.claim()).toBeNull();
  });

  it("after the apply change nothing about it, whatever they say", async () => {
    const run = await runWith(["post_apply"]);
    await standAt(run, "post_apply");
    const workspaceId = run.relationships.workspace.data.id;
    const state = await tfe.must("GET", `workspaces/${workspaceId}/current-state-version`);
    expect(state.attributes).toMatchObject({ serial: 1, intermediate: false });
    await settle(run, "post_apply", { status: "failed", message: "Not nice." });
    expect((await tfe.run(run.id)).attributes).toMatchObject({ status: "applied", "error-message": null });
    expect(await stageStatuses(run)).toEqual(["failed"]);
  });

  it.each(["pre_plan", "post_plan"] as const)("at %s wait for a person, who overrides or discards", async (at) => {
    const run = await runWith([at]);
    await standAt(run, at);
    await settle(run, at, { status: "awaiting_override" });
    const waiting = await tfe.run(run.id);
    expect(waiting.attributes).toMatchObject({
      status: `${at}_awaiting_decision`,
      actions: { "is-cancelable": false, "is-confirmable": false, "is-discardable": true },
    });
    expect((await act(run, "apply")).status).toBe(409);
    await settle(run, at, { status: "running" });
    expect(await tfe.status(run.id)).toBe(`${at}_running`);
    await settle(run, at, { status: "passed" });
    expect(await tfe.status(run.id)).toBe(at === "pre_plan" ? "plan_queued" : "post_plan_completed");

    const other = await runWith([at]);
    while (await tfe.claim());
    if (at === "post_plan") return;
    await settle(other, at, { status: "awaiting_override" });
    expect((await act(other, "discard")).status).toBe(202);
    expect(await tfe.status(other.id)).toBe("discarded");
    expect(await stageStatuses(other)).toEqual(["canceled"]);
  });

  it.each(stageKinds)("at %s end with a run that is canceled there, and its workspace is free", async (at) => {
    const run = await runWith([at, ...(at === "post_apply" ? [] : (["post_apply"] as const))]);
    await standAt(run, at);
    const waiting = await tfe.createRun(run.relationships.workspace.data.id);
    expect((await act(run, "cancel")).status).toBe(202);
    const { attributes } = await tfe.run(run.id);
    // What was applied stays applied: only the stage is given up.
    expect(attributes.status).toBe(at === "post_apply" ? "applied" : "canceled");
    expect(attributes["canceled-at"]).toBeDefined();
    expect(await stageStatuses(run)).toEqual(at === "post_apply" ? ["canceled"] : ["canceled", "unreachable"]);
    expect(await settle(run, at, { status: "passed" })).toBe(false);
    expect((await act(run, "force-cancel")).status).toBe(409);
    expect(await tfe.status(waiting.id)).toBe("plan_queued");
    for (const phase of [await tfe.plan(run), await tfe.apply(run)]) {
      expect(["finished", "unreachable"]).toContain(phase.attributes.status);
    }
  });

  it("are run for plans that nobody can apply too, and for those without changes", async () => {
    const { id } = await tfe.createWorkspace(`stages${++counter}`);
    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    const run = await tfe.createRun(id);
    await server.db.transaction().execute((tx) => insertStage(tx, run.id, "post_plan", now));
    await tfe.must("POST", `workspaces/${id}/actions/unlock`);
    await tfe.finishPlan(await tfe.mustClaim(), { hasChanges: false });
    expect(await tfe.status(run.id)).toBe("post_plan_running");
    await settle(run, "post_plan", { status: "passed" });
    expect(await tfe.status(run.id)).toBe("planned_and_finished");
  });

  it("move the run once, however many say that they passed at the same time", async () => {
    const run = await runWith(["pre_plan"]);
    const settled = await Promise.all(Array.from({ length: 4 }, () => settle(run, "pre_plan", { status: "passed" })));
    expect(settled.filter(Boolean)).toHaveLength(1);
    expect(await tfe.status(run.id)).toBe("plan_queued");
    expect(await tfe.claim()).not.toBeNull();
    expect(await tfe.claim()).toBeNull();
  });

  it("of a run that is canceled while they pass: one of the two wins, and the run is whole", async () => {
    const run = await runWith(["pre_plan"]);
    const [passed, canceled] = await Promise.all([settle(run, "pre_plan", { status: "passed" }), act(run, "cancel")]);
    expect(canceled.status).toBe(202);
    expect(await tfe.status(run.id)).toBe("canceled");
    expect(await stageStatuses(run)).toEqual([passed ? "passed" : "canceled"]);
    expect(await tfe.claim()).toBeNull();
    expect(await lockedBy(run)).toBe(false);
  });
});
