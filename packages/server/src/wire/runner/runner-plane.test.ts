import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("the runner plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  it("takes a run from upload to applied", async () => {
    const workspace = await tfe.createWorkspace("first");
    const run = await tfe.createRun(workspace.id);
    expect(run.attributes.status).toBe("plan_queued");
    const job = await tfe.mustClaim();
    expect(job.phase).toBe("plan");
    expect(await tfe.status(run.id)).toBe("planning");
    expect((await tfe.finishPlan(job)).status).toBe(200);
    const planned = await tfe.run(run.id);
    expect(planned.attributes).toMatchObject({ status: "planned", "has-changes": true });
    expect(await tfe.log(await tfe.plan(run))).toBe("\u0002Plan: 1 to add\n\u0003");
    await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
    const apply = await tfe.mustClaim();
    expect((await tfe.get(apply.urls.plan_file)).text).toBe("opaque plan");
    expect((await tfe.complete(apply)).status).toBe(200);
    expect(await tfe.status(run.id)).toBe("applied");
  });
});
