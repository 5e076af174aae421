import type { RunnerJob } from "@ingot/runner/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, emptyPlan, TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

const final = ["applied", "errored", "canceled", "discarded", "planned_and_finished"];

describe.each(databasesUnderTest())("people, runners and upkeep all at once on $name", (kind) => {
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

  it("never fail the server, hold each workspace for one run at a time, and leave every run at its end", async () => {
    const bad: string[] = [];
    const note = (answer: Answer): Answer => {
      if (answer.status >= 500) bad.push(answer.text);
      return answer;
    };
    const workspaces: { id: string; version: string }[] = [];
    for (const name of ["storm-a", "storm-b"]) {
      const { id } = await tfe.createWorkspace(name, { "auto-apply": name === "storm-a" });
      workspaces.push({ id, version: (await tfe.upload(id)).id });
    }
    const runs: { id: string }[] = [];
    let serial = 0;
    let message = 0;

    async function people(id: string, version: string): Promise<void> {
      for (let i = 0; i < 8; i++) {
        const made = note(
          await tfe.api("POST", "runs", {
            data: {
              type: "runs",
              attributes: { message: `m${++message}`, "save-plan": i % 4 === 3 },
              relationships: {
                workspace: { data: { type: "workspaces", id } },
                "configuration-version": { data: { type: "configuration-versions", id: version } },
              },
            },
          }),
        );
        runs.push(made.json.data);
        const others = runs.slice(-4);
        await Promise.all([
          ...others.map(async (run) => note(await tfe.api("POST", `runs/${run.id}/actions/apply`, {}))),
          tfe.api("POST", `runs/${others[i % others.length]?.id}/actions/cancel`, {}).then(note),
          tfe.api("POST", `runs/${others[0]?.id}/actions/discard`, {}).then(note),
          tfe.api("POST", `workspaces/${id}/actions/lock`, {}).then(note),
          tfe.api("POST", `workspaces/${id}/actions/unlock`).then(note),
          tfe.api("GET", `workspaces/${id}/runs`).then(note),
        ]);
      }
    }

    async function work(job: RunnerJob): Promise<void> {
      const said = [tfe.lease(job), tfe.put(`${job.urls.log}?offset=0`, "one\n"), tfe.lease(job)];
      if (job.phase === "plan") {
        said.push(tfe.put(job.urls.plan_file, "plan"), tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan)));
      } else {
        for (let i = 0; i < 3; i++) said.push(tfe.put(job.urls.state_upload, aState(++serial)));
      }
      for (const answer of await Promise.all(said)) note(answer);
      const reports = await Promise.all([1, 2].map(() => tfe.complete(job, { has_changes: true })));
      for (const answer of reports) note(answer);
    }

    let storming = true;
    async function runner(): Promise<void> {
      while (storming) {
        const job = await tfe.claim();
        if (job !== null) await work(job);
      }
    }
    async function upkeep(): Promise<void> {
      while (storming) {
        now += 1000;
        await server.settle();
        // On SQLite the upkeep never waits for anything; the others want their turn.
        await new Promise(setImmediate);
      }
    }

    const helpers = [runner(), runner(), runner(), upkeep()];
    await Promise.all(workspaces.flatMap(({ id, version }) => [people(id, version), people(id, version)]));
    storming = false;
    await Promise.all(helpers);
    expect(bad).toEqual([]);

    for (const { id } of workspaces) await tfe.api("POST", `workspaces/${id}/actions/unlock`);
    for (let round = 0; round < 200; round++) {
      for (let job = await tfe.claim(); job !== null; job = await tfe.claim()) await work(job);
      const open: string[] = [];
      for (const run of runs) {
        const status = await tfe.status(run.id);
        if (final.includes(status)) continue;
        open.push(run.id);
        await tfe.api("POST", `runs/${run.id}/actions/discard`, {});
      }
      if (open.length === 0) break;
    }
    const statuses = await Promise.all(runs.map((run) => tfe.status(run.id)));
    expect(statuses.filter((status) => !final.includes(status))).toEqual([]);
    expect(bad).toEqual([]);
    for (const { id } of workspaces) {
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
    }
    await server.settle();
    const left = await server.db.selectFrom("jobs").select(["kind", "state"]).execute();
    expect(left).toEqual([]);
    const tokens = await server.db.selectFrom("tokens").select("id").where("run_id", "is not", null).execute();
    expect(tokens).toEqual([]);
  }, 120_000);
});
