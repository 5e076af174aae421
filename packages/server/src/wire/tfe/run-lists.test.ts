import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { runBody, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("lists, options and history of runs on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-03-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  let counter = 0;
  const workspace = (attributes = {}) => tfe.createWorkspace(`l${++counter}`, attributes);
  const act = (run: { id: string }, action: string, body: unknown = {}, token?: string) =>
    tfe.api("POST", `runs/${run.id}/actions/${action}`, body, token === undefined ? {} : { token });
  const idsOf = (answer: any): string[] => answer.json.data.map((run: any) => run.id);

  describe("a list", () => {
    let id: string;
    let name: string;
    const made: Record<string, any> = {};
    beforeAll(async () => {
      const one = await workspace();
      ({ id } = one);
      ({ name } = one.attributes);
      const make = async (what: string, attributes: Record<string, unknown>) => {
        now += 1000;
        made[what] = await tfe.createRun(id, { message: `about ${what}`, ...attributes });
      };
      await make("usual", {});
      await make("planOnly", { "plan-only": true });
      await make("saved", { "save-plan": true });
      await make("refresh", { "refresh-only": true });
      await make("destroy", { "is-destroy": true });
      await make("empty", { "allow-empty-apply": true });
    });

    it.each([
      ["plan_only", ["planOnly"]],
      ["plan_and_apply", ["usual"]],
      ["save_plan", ["saved"]],
      ["refresh_only", ["refresh"]],
      ["destroy", ["destroy"]],
      ["empty_apply", ["empty"]],
      ["destroy,plan_only", ["destroy", "planOnly"]],
    ])("of the operation %s has these runs, newest first", async (operation, names) => {
      const answer = await tfe.api("GET", `workspaces/${id}/runs?filter[operation]=${operation}`);
      expect(idsOf(answer)).toEqual(names.map((what) => made[what].id));
      expect(answer.json.meta.pagination["total-count"]).toBe(names.length);
    });

    it("of a workspace leaves plan-only runs out, that of an organization has them and no total", async () => {
      const ofWorkspace = await tfe.api("GET", `workspaces/${id}/runs`);
      expect(idsOf(ofWorkspace)).toEqual(["empty", "destroy", "refresh", "saved", "usual"].map((w) => made[w].id));
      const path = `organizations/${tfe.organization}/runs?filter[workspace_names]=${name}`;
      const ofOrganization = await tfe.api("GET", path);
      expect(idsOf(ofOrganization)).toContain(made["planOnly"].id);
      expect(ofOrganization.json.meta.pagination).toEqual({
        "current-page": 1,
        "page-size": 20,
        "prev-page": null,
        "next-page": null,
      });
      const first = await tfe.api("GET", `${path}&page[size]=4`);
      const second = await tfe.api("GET", `${path}&page[size]=4&page[number]=2`);
      expect(first.json.meta.pagination["next-page"]).toBe(2);
      expect(second.json.meta.pagination["next-page"]).toBeNull();
      expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(ofOrganization));
      expect((await tfe.api("GET", `${path}&page[number]=999`)).json).toMatchObject({
        data: [],
        meta: { pagination: { "current-page": 999, "next-page": null } },
      });
    });

    it.each([
      ["filter[status]=pending", ["empty", "destroy", "refresh"]],
      ["filter[status]=pending,plan_queued&filter[source]=tfe-api", ["empty", "destroy", "refresh", "saved", "usual"]],
      ["filter[status_group]=final", []],
      ["filter[status_group]=discardable", ["empty", "destroy", "refresh"]],
      ["filter[status]=cost_estimated", []],
      ["search[basic]=about+DESTROY", ["destroy"]],
      ["search[commit]=abc", []],
      ["search[commit]=abc&search[basic]=about", []],
      ["search[user]=nobody-of-that-name", []],
      ["search[user]=admin", ["empty", "destroy", "refresh", "saved", "usual"]],
      ["filter[timeframe]=2026", ["empty", "destroy", "refresh", "saved", "usual"]],
      ["filter[timeframe]=2025", []],
      ["filter[timeframe]=year", ["empty", "destroy", "refresh", "saved", "usual"]],
    ])("asked for %s", async (query, names) => {
      expect(idsOf(await tfe.api("GET", `workspaces/${id}/runs?${query}`))).toEqual(names.map((w) => made[w].id));
    });

    it.each(["filter[operation]=fly", "filter[status_group]=nice", "filter[timeframe]=soon"])(
      "refuses %s",
      async (query) => {
        expect((await tfe.api("GET", `workspaces/${id}/runs?${query}`)).status).toBe(422);
      },
    );

    it("of the organization shows the last year unless asked for another", async () => {
      const path = `organizations/${tfe.organization}/runs?filter[workspace_names]=${name}`;
      now += 366 * 86_400_000;
      expect(idsOf(await tfe.api("GET", path))).toEqual([]);
      expect(idsOf(await tfe.api("GET", `${path}&filter[timeframe]=2026`))).toHaveLength(6);
      now -= 366 * 86_400_000;
    });

    it("includes each workspace once", async () => {
      const answer = await tfe.api("GET", `workspaces/${id}/runs?include=workspace,plan,created_by`);
      const types = answer.json.included.map((item: any) => item.type).sort();
      expect(types).toEqual(["plans", "plans", "plans", "plans", "plans", "users", "workspaces"]);
    });
  });

  describe("the options of a run", () => {
    it("are passed to the engine, and said again when the run is read", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id, {
        refresh: false,
        "is-destroy": true,
        "debugging-mode": true,
        "target-addrs": ["a.b"],
        "replace-addrs": ["c.d"],
        "invoke-action-addrs": ["action.e.f"],
        "policy-paths": ["./policies"],
        variables: [{ key: "word", value: "no HCL at all" }],
      });
      while ((await tfe.status(run.id)) === "pending") await act((await tfe.claim()) as never, "cancel");
      let job = await tfe.mustClaim();
      while (job.run_id !== run.id) job = await tfe.mustClaim();
      expect(job.options).toMatchObject({
        destroy: true,
        refresh: false,
        refresh_only: false,
        targets: ["a.b"],
        replaces: ["c.d"],
        invokes: ["action.e.f"],
        policies: ["./policies"],
      });
      expect(job.environment["TF_LOG"]).toBe("TRACE");
      expect((await tfe.run(run.id)).attributes).toMatchObject({
        refresh: false,
        "debugging-mode": true,
        "target-addrs": ["a.b"],
        "replace-addrs": ["c.d"],
        "invoke-action-addrs": ["action.e.f"],
        "policy-paths": ["./policies"],
        variables: [{ key: "word", value: "no HCL at all" }],
      });
      await tfe.complete(job, { outcome: "errored" });
    });

    it("of one that says nothing are the usual ones", async () => {
      const run = await tfe.createRun((await workspace()).id);
      expect(run.attributes).toMatchObject({
        refresh: true,
        "auto-apply": false,
        "debugging-mode": false,
        "target-addrs": null,
        variables: [],
        "trigger-reason": "manual",
        source: "tfe-api",
      });
      await act(run, "cancel");
    });

    it("ask for a version of the engine only where nothing can be applied, and no other runner gets the run", async () => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      const wish = { "terraform-version": "1.99.0" };
      expect((await tfe.api("POST", "runs", runBody(id, wish, version.id))).status).toBe(422);
      const run = await tfe.must("POST", "runs", runBody(id, { ...wish, "plan-only": true }, version.id));
      expect(run.attributes["terraform-version"]).toBe("1.99.0");
      expect((await tfe.claim())?.run_id).not.toBe(run.id);
      expect((await tfe.claim([{ name: "tofu", version: "1.99.0" }]))?.run_id).toBe(run.id);
    });

    it("destroy only where the workspace allows it", async () => {
      const { id } = await workspace({ "allow-destroy-plan": false });
      const version = await tfe.upload(id);
      expect((await tfe.api("POST", "runs", runBody(id, { "is-destroy": true }, version.id))).status).toBe(422);
    });

    it.each([
      [{ "is-destroy": true, "refresh-only": true }],
      [{ refresh: false, "refresh-only": true }],
      [{ "plan-only": true, "save-plan": true }],
      [{ "allow-config-generation": true }],
      [{ "allow-config-generation": true, "plan-only": true, "refresh-only": true }],
      [{ "policy-paths": ["/etc"] }],
    ])("that exclude each other or are not supported are refused: %j", async (attributes) => {
      const { id } = await workspace();
      const version = await tfe.upload(id);
      const answer = await tfe.api("POST", "runs", runBody(id, attributes, version.id));
      expect(answer.status).toBe(422);
      expect(
        (await tfe.api("GET", `organizations/${tfe.organization}/runs?filter[workspace_names]=l${counter}`)).json.data,
      ).toEqual([]);
    });
  });

  describe("what is said about a run", () => {
    const body = (text: string) => ({ data: { type: "comments", attributes: { body: text } } });

    it("is kept with who said it, and is an event", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const comment = await tfe.must("POST", `runs/${run.id}/comments`, body("Looks good"));
      expect(comment.attributes.body).toBe("Looks good");
      expect(await tfe.must("GET", `comments/${comment.id}`)).toEqual(comment);
      expect(await tfe.must("GET", `runs/${run.id}/comments`)).toEqual([comment]);
      const plain = await tfe.api("GET", `runs/${run.id}/run-events`);
      expect(plain.json).not.toHaveProperty("included");
      expect(plain.json).not.toHaveProperty("meta");
      const event = plain.json.data.at(-1);
      expect(event.attributes.action).toBe("commented");
      expect(event.relationships.comment.data).toEqual({ id: comment.id, type: "comments" });
      expect(plain.json.data[0].attributes.action).toBe("created");
      const { included } = (await tfe.api("GET", `run-events/${event.id}?include=actor,comment`)).json;
      expect(included.map((item: any) => item.type)).toEqual(["users", "comments"]);
      expect(included[0].attributes.username).not.toBe("");
      const read = await tfe.run(run.id);
      expect(read.relationships.comments.data).toEqual([{ id: comment.id, type: "comments" }]);
      expect(read.relationships["run-events"].data).toHaveLength(plain.json.data.length);
      await act(run, "cancel");
    });

    it.each(["apply", "discard"])("with %s is kept with it, and not when it is refused", async (action) => {
      const run = await tfe.plannedRun((await workspace()).id);
      expect((await act(run, action, { comment: "Because." })).status).toBe(202);
      expect((await act(run, action, { comment: "Again." })).status).toBe(409);
      const comments = await tfe.must("GET", `runs/${run.id}/comments`);
      expect(comments.map((comment: any) => comment.attributes.body)).toEqual(["Because."]);
      const { relationships } = await tfe.run(run.id);
      expect("confirmed-by" in relationships).toBe(action === "apply");
      if (action === "apply") await act(run, "cancel", { comment: null });
    });

    it.each(["", "   ", "x".repeat(10_001)])("must be something: %#", async (text) => {
      const run = await tfe.createRun((await workspace()).id);
      expect((await tfe.api("POST", `runs/${run.id}/comments`, body(text))).status).toBe(422);
      await act(run, "cancel");
    });

    it("shows a paused run byte for byte the same, however often it is read", async () => {
      const run = await tfe.plannedRun((await workspace()).id);
      now += 5000;
      const texts = [await tfe.api("GET", `runs/${run.id}`), await tfe.api("GET", `runs/${run.id}`)].map((a) => a.text);
      expect(texts[0]).toBe(texts[1]);
      expect(JSON.parse(texts[0] ?? "").data).toEqual(run);
      await act(run, "discard");
    });
  });
});
