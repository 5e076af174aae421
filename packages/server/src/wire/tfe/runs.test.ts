import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { archive, emptyPlan, runBody, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("runs of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now, config: { "archive-bytes-max": 100_000 } });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  let counter = 0;
  const workspace = (attributes = {}) => tfe.createWorkspace(`w${++counter}`, attributes);
  const act = (run: { id: string }, action: string, token?: string) =>
    tfe.api("POST", `runs/${run.id}/actions/${action}`, {}, token === undefined ? {} : { token });

  describe("a configuration version", () => {
    it("shows its upload link once, and is uploaded when the bytes are in", async () => {
      const { id } = await workspace();
      const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false } },
      });
      expect(version.attributes.status).toBe("pending");
      const read = await tfe.must("GET", `configuration-versions/${version.id}`);
      expect(read.attributes["upload-url"]).toBeNull();
      const bytes = await archive([["main.tf", ""]]);
      expect((await tfe.put(version.attributes["upload-url"], bytes)).status).toBe(200);
      expect((await tfe.must("GET", `configuration-versions/${version.id}`)).attributes.status).toBe("uploaded");
      // A client that saw no answer sends it again.
      expect((await tfe.put(version.attributes["upload-url"], bytes)).status).toBe(200);
    });

    it("takes other bytes until a run uses it, never bad ones", async () => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      // Made once: an archive says in which second it was made.
      const other = await archive([["b.tf", "# new"]]);
      const put = (bytes: Buffer) => tfe.put(version.attributes["upload-url"], bytes);
      expect((await tfe.put(version.attributes["upload-url"], Buffer.from("nonsense"))).status).toBe(422);
      expect((await tfe.must("GET", `configuration-versions/${version.id}`)).attributes.status).toBe("uploaded");
      expect((await put(other)).status).toBe(200);
      const run = await tfe.createRun(id, {}, version.id);
      const job = await tfe.mustClaim();
      expect(job.run_id).toBe(run.id);
      expect(await tfe.getBytes(job.urls.configuration)).toEqual(other);
      expect((await put(await archive([["c.tf", "# new"]]))).status).toBe(409);
      await tfe.complete(job, { outcome: "errored", message: "enough" });
    });

    it.each([
      ["leads out", async () => archive([["../main.tf", ""]])],
      ["holds a pipe", async () => archive([{ name: "p", type: "fifo" }])],
      ["is larger than allowed", async () => archive([["big", "x".repeat(100_001)]])],
      ["is no archive", async () => Buffer.from("nonsense")],
      ["is empty", async () => Buffer.alloc(0)],
    ])("whose archive %s is errored and says why, and no run starts from it", async (_name, bytes) => {
      const { id } = await workspace();
      const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, {
        data: { type: "configuration-versions", attributes: {} },
      });
      const put = await tfe.put(version.attributes["upload-url"], await bytes());
      expect(put.status).toBe(422);
      const { attributes } = await tfe.must("GET", `configuration-versions/${version.id}`);
      expect(attributes.status).toBe("errored");
      expect(attributes["error-message"]).toBe(put.json.errors[0].detail);
      expect((await tfe.api("POST", "runs", runBody(id, {}, version.id))).status).toBe(422);
      expect((await tfe.api("GET", `workspaces/${id}/runs`)).json.data).toEqual([]);
    });

    it("larger than the limit is refused before it is read", async () => {
      const { id } = await workspace();
      const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, { data: { attributes: {} } });
      expect((await tfe.put(version.attributes["upload-url"], Buffer.alloc(100_001))).status).toBe(413);
    });

    it("has no upload link for anybody who changes the link", async () => {
      const { id } = await workspace();
      const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, { data: { attributes: {} } });
      const url: string = version.attributes["upload-url"];
      expect((await tfe.put(url.slice(0, -3), "x")).status).toBe(404);
      expect((await tfe.put(url.replace("/configuration/", "/state/"), "x")).status).toBe(404);
    });

    it("queues a run by itself unless it was told not to", async () => {
      const { id } = await workspace();
      const version = await tfe.upload(id, { "auto-queue-runs": true });
      const [run] = await tfe.must("GET", `workspaces/${id}/runs`);
      expect(run.relationships["configuration-version"].data.id).toBe(version.id);
      await act(run, "cancel");
    });
  });

  describe("a new run", () => {
    it("has everything that the command line dereferences", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id, { variables: [{ key: "x", value: '"y"' }] });
      expect(run.id).toMatch(/^run-/);
      expect(run.attributes).toMatchObject({
        refresh: true,
        "plan-only": false,
        "has-changes": false,
        variables: [{ key: "x", value: '"y"' }],
        actions: { "is-cancelable": true, "is-confirmable": false, "is-force-cancelable": false },
        permissions: { "can-apply": true },
      });
      expect(run.attributes["created-at"]).toMatch(/Z$/);
      expect(run.attributes["status-timestamps"]["plan-queueable-at"]).toBeDefined();
      expect(run.relationships.plan.data.type).toBe("plans");
      expect(run.relationships.apply.data.type).toBe("applies");
      expect(run.relationships).not.toHaveProperty("cost-estimate");
      expect(run.relationships["run-events"].data).not.toEqual([]);
      const plan = await tfe.plan(run);
      expect(plan.attributes["log-read-url"]).toMatch(/^https:/);
      expect(await tfe.log(plan)).toBe("");
      await act(run, "cancel");
    });

    it("includes what it is asked for, with attributes, and ignores what it does not know", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const answer = await tfe.api("GET", `runs/${run.id}?include=workspace,plan,task_stages,nonsense`);
      expect(answer.status).toBe(200);
      expect(answer.json.included.map((item: any) => item.type)).toEqual(["workspaces", "plans"]);
      expect(answer.json.included[0].attributes["structured-run-output-enabled"]).toBe(false);
      const current = await tfe.api("GET", `workspaces/${id}?include=current_run`);
      expect(current.json.included[0].id).toBe(run.id);
      await act(run, "cancel");
    });

    it("that is asked for again while it is unfinished is the same run", async () => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      const body = runBody(id, { "auto-apply": false, refresh: true }, version.id);
      const answers = await Promise.all(Array.from({ length: 4 }, () => tfe.api("POST", "runs", body)));
      expect(new Set(answers.map((answer) => answer.json.data.id)).size).toBe(1);
      const first = answers[0]?.json.data;
      const other = await tfe.must("POST", "runs", runBody(id, { "auto-apply": true }, version.id));
      expect(other.id).not.toBe(first.id);
      await act(other, "cancel");
      await act(first, "cancel");
      expect((await tfe.must("POST", "runs", body)).id).not.toBe(first.id);
      for (const run of await tfe.must("GET", `workspaces/${id}/runs`)) await act(run, "cancel");
    });

    it("of somebody else, or much later, is another run", async () => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      const body = runBody(id, {}, version.id);
      const mine = await tfe.must("POST", "runs", body);
      const theirs = await tfe.api("POST", "runs", body, { token: await tfe.tokenOf("contributor") });
      expect(theirs.json.data.id).not.toBe(mine.id);
      now += 121_000;
      expect((await tfe.must("POST", "runs", body)).id).not.toBe(mine.id);
      for (const run of await tfe.must("GET", `workspaces/${id}/runs`)) await act(run, "cancel");
    });

    it.each([
      [
        "no workspace",
        (_id: string, version: string) => ({
          data: {
            type: "runs",
            attributes: {},
            relationships: { "configuration-version": { data: { type: "configuration-versions", id: version } } },
          },
        }),
        422,
      ],
      ["a workspace that is not there", (_id: string, version: string) => runBody("ws-nowhere", {}, version), 404],
      ["a configuration that is not there", (id: string) => runBody(id, {}, "cv-nowhere"), 404],
      [
        "both destroying and only refreshing",
        (id: string, version: string) => runBody(id, { "is-destroy": true, "refresh-only": true }, version),
        422,
      ],
      ["a text for a flag", (id: string, version: string) => runBody(id, { "auto-apply": "no" }, version), 422],
    ])("with %s is refused", async (_name, body, status) => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      expect((await tfe.api("POST", "runs", body(id, version.id))).status).toBe(status);
      expect(await tfe.must("GET", `workspaces/${id}/runs`)).toEqual([]);
    });

    it("without any configuration, or in a workspace of local execution, is refused", async () => {
      const { id } = await workspace();
      expect((await tfe.api("POST", "runs", runBody(id, {}))).status).toBe(422);
      const local = await workspace({ "execution-mode": "local" });
      const version = await tfe.upload(local.id);
      expect((await tfe.api("POST", "runs", runBody(local.id, {}, version.id))).status).toBe(422);
    });

    it("from the configuration of another workspace is refused", async () => {
      const foreign = await tfe.upload((await workspace()).id);
      const { id } = await workspace();
      expect((await tfe.api("POST", "runs", runBody(id, {}, foreign.id))).status).toBe(404);
    });

    it("without an explicit configuration takes the newest that was meant to stay", async () => {
      const { id } = await workspace();
      const kept = await tfe.upload(id);
      now += 1000;
      await tfe.upload(id, { speculative: true });
      await tfe.upload(id, { provisional: true });
      const run = await tfe.must("POST", "runs", runBody(id, {}));
      expect(run.relationships["configuration-version"].data.id).toBe(kept.id);
      await act(run, "cancel");
    });
  });

  describe("the queue of a workspace", () => {
    it("gives one run after the other its turn, in the order they came", async () => {
      const { id } = await workspace();
      const runs: any[] = [];
      for (let i = 0; i < 3; i++) runs.push(await tfe.createRun(id));
      const statuses = async () => Promise.all(runs.map((run) => tfe.status(run.id)));
      expect(await statuses()).toEqual(["plan_queued", "pending", "pending"]);
      expect((await tfe.must("GET", `workspaces/${id}`)).relationships["current-run"].data.id).toBe(runs[0].id);
      await tfe.finishPlan(await tfe.mustClaim(), { hasChanges: false });
      expect(await statuses()).toEqual(["planned_and_finished", "plan_queued", "pending"]);
      await act(runs[2], "discard");
      await act(runs[1], "cancel");
      expect(await statuses()).toEqual(["planned_and_finished", "canceled", "discarded"]);
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
      const listed = await tfe.must("GET", `workspaces/${id}/runs`);
      expect(listed.map((run: any) => run.id)).toEqual(runs.map((run) => run.id).reverse());
    });

    it("holds up no speculative run, and a speculative run holds up nobody", async () => {
      const { id } = await workspace();
      const holder = await tfe.plannedRun(id);
      const version = await tfe.upload(id, { speculative: true });
      const speculative = await tfe.createRun(id, {}, version.id);
      expect(speculative.attributes).toMatchObject({ "plan-only": true, status: "plan_queued" });
      const job = await tfe.mustClaim();
      expect(job.run_id).toBe(speculative.id);
      expect((await tfe.must("GET", `workspaces/${id}`)).relationships["current-run"].data.id).toBe(holder.id);
      await tfe.finishPlan(job);
      const done = await tfe.run(speculative.id);
      expect(done.attributes).toMatchObject({ status: "planned_and_finished", "has-changes": true });
      expect((await act(speculative, "apply")).status).toBe(409);
      expect((await tfe.apply(speculative)).attributes.status).toBe("unreachable");
      // Left out of the list unless asked for.
      const ids = async (query: string) =>
        (await tfe.must("GET", `workspaces/${id}/runs${query}`)).map((run: any) => run.id);
      expect(await ids("")).toEqual([holder.id]);
      expect(await ids("?filter[operation]=plan_only")).toEqual([speculative.id]);
      expect(await ids("?filter[status]=planned")).toEqual([holder.id]);
      expect(await ids("?filter[status_group]=final")).toEqual([]);
      await act(holder, "discard");
    });

    it("of the organization counts what waits and what runs", async () => {
      const organization = `organizations/${tfe.organization}`;
      const [a, b] = [await workspace(), await workspace()];
      const first = await tfe.createRun(a.id);
      now += 10;
      const second = await tfe.createRun(b.id);
      await tfe.mustClaim();
      const queue = await tfe.must("GET", `${organization}/runs/queue`);
      expect(queue.map((run: any) => [run.id, run.attributes["position-in-queue"]])).toEqual([
        [first.id, 1],
        [second.id, 2],
      ]);
      expect((await tfe.must("GET", `${organization}/capacity`)).attributes).toEqual({ running: 1, pending: 1 });
      await act(second, "cancel");
      await act(first, "cancel");
      now += 60_000;
      await server.settle();
      expect(await tfe.status(first.id)).toBe("canceled");
    });

    it("is jumped by force: what waits for a person and what came before is discarded", async () => {
      const { id } = await workspace();
      const holder = await tfe.plannedRun(id);
      const [second, third] = [await tfe.createRun(id), await tfe.createRun(id)];
      expect((await act(holder, "force-execute")).status).toBe(403);
      expect((await act(third, "force-execute")).status).toBe(202);
      expect(await tfe.status(holder.id)).toBe("discarded");
      expect(await tfe.status(second.id)).toBe("discarded");
      expect(await tfe.status(third.id)).toBe("plan_queued");
      await act(third, "cancel");
    });

    it("is not jumped over a run at work", async () => {
      const { id } = await workspace();
      const holder = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      const second = await tfe.createRun(id);
      expect((await act(second, "force-execute")).status).toBe(409);
      expect(await tfe.status(second.id)).toBe("pending");
      await tfe.finishPlan(job, { hasChanges: false });
      expect(await tfe.status(holder.id)).toBe("planned_and_finished");
      await act(second, "cancel");
    });
  });

  describe("between plan and apply", () => {
    it("a finished plan, changes and confirmability appear together", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      let stop = false;
      const seen: unknown[] = [];
      const poll = (async () => {
        while (!stop) {
          const plan = await tfe.plan(run);
          if (plan.attributes.status !== "finished") continue;
          const { attributes } = await tfe.run(run.id);
          seen.push([attributes.status, attributes["has-changes"], attributes.actions["is-confirmable"]]);
        }
      })();
      await tfe.finishPlan(job);
      await tfe.run(run.id);
      stop = true;
      await poll;
      expect(seen.every((item) => JSON.stringify(item) === JSON.stringify(["planned", true, true]))).toBe(true);
      await act(run, "discard");
    });

    it.each([
      ["the workspace says so", true, {}, "apply_queued"],
      ["the run says so", false, { "auto-apply": true }, "apply_queued"],
      ["the run says no and the workspace yes: not", true, { "auto-apply": false }, "planned"],
      ["nobody says so: not", false, {}, "planned"],
    ])("a run applies by itself when %s", async (_name, ofWorkspace, ofRun, status) => {
      const { id } = await workspace({ "auto-apply": ofWorkspace });
      const run = await tfe.plannedRun(id, ofRun);
      expect(run.attributes.status).toBe(status);
      await act(run, status === "planned" ? "discard" : "cancel");
    });

    it("a plan without changes ends the run", async () => {
      const { id } = await workspace({ "auto-apply": true });
      const run = await tfe.createRun(id);
      await tfe.finishPlan(await tfe.mustClaim(), { hasChanges: false });
      const done = await tfe.run(run.id);
      expect(done.attributes).toMatchObject({ status: "planned_and_finished", "has-changes": false });
      expect((await tfe.apply(run)).attributes.status).toBe("unreachable");
    });

    it("of two confirmations one wins", async () => {
      const { id } = await workspace();
      const run = await tfe.plannedRun(id);
      const answers = await Promise.all([act(run, "apply"), act(run, "apply"), act(run, "apply")]);
      expect(answers.map((answer) => answer.status).sort((a, b) => Number(a) - Number(b))).toEqual([202, 409, 409]);
      expect(answers.find((answer) => answer.status === 409)?.json.errors[0].title).toBe("transition not allowed");
      await act(run, "cancel");
    });

    it("of a confirmation and a discarding one wins, and the loser is told", async () => {
      for (let round = 0; round < 3; round++) {
        const { id } = await workspace();
        const run = await tfe.plannedRun(id);
        const [applied, discarded] = await Promise.all([act(run, "apply"), act(run, "discard")]);
        expect([applied?.status, discarded?.status].sort((a, b) => Number(a) - Number(b))).toEqual([202, 409]);
        expect(await tfe.status(run.id)).toBe(applied?.status === 202 ? "apply_queued" : "discarded");
        if (applied?.status === 202) await act(run, "cancel");
      }
    });

    it("a viewer sees a planned run as not confirmable", async () => {
      const { id } = await workspace();
      const run = await tfe.plannedRun(id);
      const token = await tfe.tokenOf("viewer");
      const seen = await tfe.api("GET", `runs/${run.id}`, undefined, { token });
      expect(seen.json.data.attributes.actions["is-confirmable"]).toBe(false);
      expect((await act(run, "apply", token)).status).toBe(403);
      await act(run, "discard");
    });
  });

  describe("a saved plan", () => {
    const save = async (id: string) => {
      const version = await tfe.upload(id, { provisional: true });
      const run = await tfe.createRun(id, { "save-plan": true }, version.id);
      await tfe.finishPlan(await tfe.mustClaim());
      return tfe.run(run.id);
    };

    it("waits without holding the workspace, and takes it when it is applied", async () => {
      const { id } = await workspace();
      const run = await save(id);
      expect(run.attributes.status).toBe("planned_and_saved");
      expect(run.attributes.actions["is-confirmable"]).toBe(true);
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
      const other = await save(id);
      expect((await act(run, "apply")).status).toBe(202);
      expect((await tfe.must("GET", `workspaces/${id}`)).relationships["locked-by"].data.id).toBe(run.id);
      expect(await tfe.status(other.id)).toBe("discarded");
      await tfe.complete(await tfe.mustClaim());
      expect(await tfe.status(run.id)).toBe("applied");
    });

    it("is not applied while somebody holds the workspace", async () => {
      const { id } = await workspace();
      const run = await save(id);
      await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
      expect((await act(run, "apply")).status).toBe(409);
      await tfe.must("POST", `workspaces/${id}/actions/unlock`);
      expect((await act(run, "discard")).status).toBe(202);
    });
  });

  describe("canceling", () => {
    it("ends a run at once that no runner works on, and frees the workspace", async () => {
      const { id } = await workspace();
      const [first, second] = [await tfe.createRun(id), await tfe.createRun(id)];
      expect((await act(second, "cancel")).status).toBe(202);
      expect((await act(first, "cancel")).status).toBe(202);
      const run = await tfe.run(first.id);
      expect(run.attributes.status).toBe("canceled");
      expect(run.attributes["canceled-at"]).toMatch(/Z$/);
      expect(await tfe.claim()).toBeNull();
      expect((await tfe.plan(first)).attributes.status).toBe("canceled");
      // The command line waits for the end of the log, also of a plan that never began.
      expect(await tfe.log(await tfe.plan(first))).toBe("\u0002\u0003");
      expect((await act(first, "cancel")).status).toBe(409);
    });

    it("tells the runner, and the run stays what it is until the runner reports", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      expect((await tfe.lease(job)).json).toEqual({ stop: "no" });
      await act(run, "cancel");
      expect((await act(run, "cancel")).status).toBe(202);
      expect(await tfe.status(run.id)).toBe("planning");
      expect((await tfe.lease(job)).json).toEqual({ stop: "interrupt" });
      await tfe.complete(job, { outcome: "canceled" });
      expect(await tfe.status(run.id)).toBe("canceled");
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
    });

    it("by force is possible after a while only, and kills", async () => {
      const { id } = await workspace();
      const { run, job } = await tfe.applyingRun(id);
      expect((await act(run, "force-cancel")).status).toBe(409);
      await act(run, "cancel");
      const asked = await tfe.run(run.id);
      expect(Date.parse(asked.attributes["force-cancel-available-at"])).toBeGreaterThan(now + 1000);
      expect((await act(run, "force-cancel")).status).toBe(409);
      now = Date.parse(asked.attributes["force-cancel-available-at"]);
      expect((await act(run, "force-cancel")).status).toBe(202);
      expect((await tfe.lease(job)).json).toEqual({ stop: "kill" });
      await tfe.complete(job, { outcome: "canceled" });
      const done = await tfe.run(run.id);
      expect(done.attributes.status).toBe("canceled");
      expect(done.attributes["status-timestamps"]["force-canceled-at"]).toBeDefined();
    });

    it("that comes while a plan ends wins: nothing goes on", async () => {
      const { id } = await workspace({ "auto-apply": true });
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      await act(run, "cancel");
      expect((await tfe.finishPlan(job)).status).toBe(200);
      expect(await tfe.status(run.id)).toBe("canceled");
    });

    it("that comes while an apply ends loses to the truth: everything was applied", async () => {
      const { id } = await workspace();
      const { run, job } = await tfe.applyingRun(id);
      await act(run, "cancel");
      await tfe.complete(job);
      expect(await tfe.status(run.id)).toBe("applied");
    });

    it("racing with the runner's report leaves one answer and a free workspace", async () => {
      for (let round = 0; round < 4; round++) {
        const { id } = await workspace({ "auto-apply": true });
        const run = await tfe.createRun(id);
        const job = await tfe.mustClaim();
        await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan));
        const [canceled, reported] = await Promise.all([act(run, "cancel"), tfe.complete(job, { has_changes: true })]);
        expect(reported?.status).toBe(200);
        const status = await tfe.status(run.id);
        if (canceled?.status === 202) expect(status).toBe("canceled");
        else expect(status).toBe("apply_queued");
        if (status !== "canceled") await act(run, "cancel");
        expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
      }
    });
  });

  describe("the log", () => {
    it("is framed when it is read, a slice at a time, and empty past its end", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      const plan = await tfe.plan(run);
      expect(await tfe.log(plan)).toBe("\u0002");
      await tfe.put(`${job.urls.log}?offset=0`, "hello ");
      await tfe.put(`${job.urls.log}?offset=6`, "world");
      expect(await tfe.log(plan, 0, 4)).toBe("\u0002hel");
      expect(await tfe.log(plan, 4, 100)).toBe("lo world");
      await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan));
      await tfe.complete(job, { has_changes: true });
      expect(await tfe.log(plan, 0)).toBe("\u0002hello world\u0003");
      expect(await tfe.log(plan, 12, 100)).toBe("\u0003");
      expect(await tfe.log(plan, 4, 4)).toBe("lo w");
      const before = await server.db.selectFrom("log_chunks").select("phase_id").execute();
      expect(before.length).toBeGreaterThan(0);
      await server.settle();
      expect(await server.db.selectFrom("log_chunks").select("phase_id").execute()).toEqual([]);
      expect(await tfe.log(plan, 0)).toBe("\u0002hello world\u0003");
      expect(await tfe.log(plan, 7, 3)).toBe("wor");
      expect(await tfe.log(plan, 13)).toBe("");
      for (const query of ["", "?offset=x", "?limit=-1&offset=999999"]) {
        expect((await tfe.get(plan.attributes["log-read-url"] + query)).status).toBe(200);
      }
      await act(run, "discard");
    });

    it("is followed: whoever has read all of it gets the next words when they come, and its end", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const plan = await tfe.plan(run);
      const first = tfe.log(plan, 0, 100);
      const job = await tfe.mustClaim();
      // The command lines take the first byte alone for nothing, and sleep.
      const begun = tfe.log(plan, 0, 100);
      expect(await tfe.log(plan)).toBe("\u0002");
      await tfe.put(`${job.urls.log}?offset=0`, "hello ");
      expect(await Promise.all([first, begun])).toEqual(["\u0002hello ", "\u0002hello "]);
      const next = [tfe.log(plan, 7, 100), tfe.log(plan, 7, 2)];
      await tfe.put(`${job.urls.log}?offset=6`, "world");
      expect(await Promise.all(next)).toEqual(["world", "wo"]);
      const end = [tfe.log(plan, 12, 100), tfe.log(plan, 13, 100)];
      await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan));
      await tfe.complete(job, { has_changes: true });
      expect(await Promise.all(end)).toEqual(["\u0003", ""]);
      await act(run, "discard");
    });

    it("is followed to the end of a run that nobody has begun", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const followed = tfe.log(await tfe.plan(run), 0, 100);
      await act(run, "cancel");
      expect(await followed).toBe("\u0002\u0003");
    });

    it("is read by nobody who changes the link", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const plan = await tfe.plan(run);
      const url: string = plan.attributes["log-read-url"];
      expect((await tfe.get(`${url}x`)).status).toBe(404);
      expect((await tfe.get(url.replace("/log/", "/state/"))).status).toBe(404);
      expect((await tfe.get(url)).status).toBe(200);
      await act(run, "cancel");
    });
  });

  it("a workspace says how its last runs went: how many failed, and how long plans and applies took", async () => {
    const { id } = await workspace({ "auto-apply": true });
    const figures = async () => {
      const { attributes } = await tfe.must("GET", `workspaces/${id}`);
      const names = ["workspace-kpis-runs-count", "run-failures", "policy-check-failures"];
      return [...names, "plan-duration-average", "apply-duration-average"].map((name) => attributes[name]);
    };
    expect(await figures()).toEqual([null, null, null, null, null]);
    await tfe.createRun(id);
    const failing = await tfe.mustClaim();
    now += 500;
    await tfe.complete(failing, { outcome: "errored", message: "no" });
    expect(await figures()).toEqual([1, 1, 0, null, null]);
    for (const seconds of [2, 4]) {
      await tfe.createRun(id);
      const plan = await tfe.mustClaim();
      now += seconds * 1000;
      await tfe.finishPlan(plan);
      const apply = await tfe.mustClaim();
      now += 3000;
      await tfe.complete(apply);
    }
    expect(await figures()).toEqual([3, 1, 0, 3000, 3000]);
  });

  it("the plan's JSON is the engine's own, for whoever may read states", async () => {
    const { id } = await workspace();
    const run = await tfe.createRun(id);
    const planId = run.relationships.plan.data.id;
    expect((await tfe.api("GET", `plans/${planId}/json-output`)).status).toBe(204);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: { ...emptyPlan, secret: "s3cret" } });
    const json = await tfe.api("GET", `plans/${planId}/json-output`);
    expect(json.json).toEqual({ ...emptyPlan, secret: "s3cret" });
    expect((await tfe.api("GET", `runs/${run.id}/plan/json-output`)).json).toEqual(json.json);
    const viewer = await tfe.tokenOf("viewer");
    expect((await tfe.api("GET", `plans/${planId}/json-output`, undefined, { token: viewer })).status).toBe(403);
    const redacted = await tfe.api("GET", `plans/${planId}/json-output-redacted`);
    expect([redacted.status, redacted.text]).toEqual([422, expect.stringContaining("plan -out")]);
    await act(run, "discard");
  });

  it("a saved plan can be rendered by whoever sees its run, without its secrets", async () => {
    const { id } = await workspace();
    const run = await tfe.createRun(id, { "save-plan": true });
    const job = await tfe.mustClaim();
    expect(job.options.structured).toBe(false);
    const rendered = { plan_format_version: "1.2", provider_schemas: {} };
    expect((await tfe.put(job.urls.plan_rendered ?? "", JSON.stringify(rendered))).status).toBe(200);
    expect((await tfe.put(job.urls.plan_rendered ?? "", "no json")).status).toBe(422);
    await tfe.finishPlan(job);
    const path = `plans/${run.relationships.plan.data.id}/json-output-redacted`;
    const viewer = await tfe.tokenOf("viewer");
    expect(await tfe.api("GET", path, undefined, { token: viewer })).toMatchObject({ status: 200, json: rendered });
    expect((await tfe.api("GET", path, undefined, { token: await tfe.strangerToken() })).status).toBe(404);
    await act(run, "discard");
  });

  it("a run that generates configuration shows it in its plan, also when the plan fails, and applies nothing", async () => {
    const { id } = await workspace();
    const made = await tfe.createRun(id, { "allow-config-generation": true, "plan-only": true });
    expect(made.attributes["allow-config-generation"]).toBe(true);
    const job = await tfe.mustClaim();
    expect(job.options.generate_config).toBe(true);
    const planOf = () => tfe.must("GET", `plans/${made.relationships.plan.data.id}`);
    const changes = (change: object) => JSON.stringify({ resource_changes: [{ change }] });
    await tfe.put(job.urls.plan_rendered ?? "", changes({ actions: ["create"] }));
    expect((await planOf()).attributes["generated-configuration"]).toBe(false);
    const generated = changes({ generated_config: "resource {}" });
    await tfe.put(job.urls.plan_rendered ?? "", generated);
    await tfe.complete(job, { outcome: "errored", message: "Missing attribute" });
    expect((await planOf()).attributes).toMatchObject({ status: "errored", "generated-configuration": true });
    const read = await tfe.api("GET", `plans/${made.relationships.plan.data.id}/json-output-redacted`);
    expect([read.status, read.text]).toEqual([200, generated]);

    const speculative = await tfe.upload(id, { speculative: true });
    const other = await tfe.createRun(id, { "allow-config-generation": true }, speculative.id);
    expect(other.attributes["plan-only"]).toBe(true);
    await tfe.finishPlan(await tfe.mustClaim());
    expect((await tfe.createRun(id, { "plan-only": true })).attributes["allow-config-generation"]).toBe(false);
    expect((await tfe.mustClaim()).options.generate_config).toBe(false);
  });

  it("a workspace with structured output has it in runs of a command line that renders it, and in no other", async () => {
    const { id } = await workspace({ "structured-run-output-enabled": true });
    const jobOf = async (integration?: string) => {
      const headers = integration === undefined ? {} : { "x-terraform-integration": integration };
      const body = runBody(id, {}, (await tfe.upload(id)).id);
      const run = (await tfe.api("POST", "runs", body, { headers })).json.data;
      const job = await tfe.mustClaim();
      await tfe.finishPlan(job);
      await act(run, "discard");
      return { source: run.attributes.source as string, job };
    };
    const { job, source } = await jobOf("cloud");
    expect(source).toBe("terraform+cloud");
    expect(job.options.structured).toBe(true);
    expect(job.urls.plan_rendered).toBeDefined();
    const other = await jobOf();
    expect(other.source).toBe("tfe-api");
    expect(other.job.options.structured).toBe(false);
  });
});
