import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

describe.each(databasesUnderTest())("runs in Ingot's own API on $name", (kind) => {
  let loop: LoopFixture;
  let workspace: { id: string };
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
    workspace = await loop.tfe.createWorkspace("runs");
  });
  afterAll(() => loop.close());

  const machine = (change: Record<string, unknown>, address = "devcloud_machine.web") => ({
    address,
    mode: "managed",
    type: "devcloud_machine",
    name: "web",
    provider_name: "registry.example/ingot/devcloud",
    change: { after_unknown: {}, ...change },
  });
  const plan = (...changes: object[]) => ({ format_version: "1.2", resource_changes: changes });

  it("shows what a run is about, what it would change and what the caller may do", async () => {
    const from = await loop.publish("golden", "one");
    const to = await loop.publish("golden", "two");
    const run = await loop.tfe.createRun(workspace.id, { message: "try it" });
    expect((await loop.console("GET", `/runs/${run.id}/plan`)).json.error).toBe("plan_not_ready");
    expect(await loop.read(`/runs/${run.id}`)).toMatchObject({
      status: "plan_queued",
      counts: null,
      actions: { confirm: false, discard: false, cancel: true, force_cancel: false },
    });
    await loop.tfe.finishPlan(await loop.tfe.mustClaim(), {
      planJson: plan(
        machine({ actions: ["delete", "create"], before: { image: from }, after: { image: to } }),
        machine(
          { actions: ["create"], before: null, after: {}, after_unknown: { image: true } },
          "devcloud_machine.new",
        ),
        machine({ actions: ["delete"], before: { image: "sha256:other" }, after: null }, "devcloud_machine.old"),
        machine({ actions: ["no-op"], before: { image: from }, after: { image: from } }, "devcloud_machine.kept"),
        machine(
          {
            actions: ["update"],
            before: { image: "secret-one" },
            after: { image: "secret-two" },
            before_sensitive: { image: true },
            after_sensitive: { image: true },
          },
          "devcloud_machine.hidden",
        ),
      ),
    });
    expect(await loop.read(`/runs/${run.id}`)).toMatchObject({
      id: run.id,
      workspace: { id: workspace.id, name: "runs" },
      status: "planned",
      message: "try it",
      cause: null,
      waits_for_confirmation: true,
      counts: { additions: 1, changes: 0, destructions: 0, imports: 0 },
      actions: { confirm: true, discard: true, cancel: false, force_cancel: false },
      phases: [
        { kind: "plan", status: "finished", engine: { name: "tofu" }, log_closed: true },
        { kind: "apply", status: "pending" },
      ],
    });
    expect((await loop.read(`/runs/${run.id}`, loop.registry.tokens.viewer)).actions).toEqual({
      confirm: false,
      discard: false,
      cancel: false,
      force_cancel: false,
    });
    const answer = await loop.console("GET", `/runs/${run.id}/plan`);
    expect(answer.text).not.toContain("secret-");
    expect(answer.json.image_changes).toEqual([
      {
        resource: "devcloud_machine.web",
        attribute: "image",
        from: { bucket: "golden", version: "v1", identifier: from },
        to: { bucket: "golden", version: "v2", identifier: to },
        unknown: false,
      },
      { resource: "devcloud_machine.new", attribute: "image", from: null, to: null, unknown: true },
      {
        resource: "devcloud_machine.old",
        attribute: "image",
        from: { bucket: null, version: null, identifier: "sha256:other" },
        to: null,
        unknown: false,
      },
    ]);
    expect(answer.json.changes[0]).toMatchObject({
      address: "devcloud_machine.web",
      kind: "replace",
      attributes: [{ path: "image", before: from, after: to, sensitive: false }],
    });
    expect((await loop.read("/runs?state=waiting")).runs.map((one: any) => one.id)).toEqual([run.id]);
    await loop.tfe.must("POST", `runs/${run.id}/actions/discard`, {});
    expect((await loop.read("/runs?state=waiting")).runs).toEqual([]);
    expect((await loop.read(`/runs?state=final&workspace=${workspace.id}`)).runs).toHaveLength(1);
  });

  it("reads a log by bytes and never cuts a character in two", async () => {
    const run = await loop.tfe.createRun(workspace.id);
    const path = `/runs/${run.id}/logs/plan`;
    expect(await loop.read(path)).toEqual({ text: "", next_offset: 0, closed: false });
    const job = await loop.tfe.mustClaim();
    const bytes = Buffer.from("grün 🧱\n");
    const brick = bytes.indexOf(0xf0);
    await loop.tfe.put(`${job.urls.log}?offset=0`, bytes.subarray(0, brick + 2));
    expect(await loop.read(path)).toEqual({ text: "grün ", next_offset: brick, closed: false });
    expect(await loop.read(`${path}?offset=${brick}`)).toEqual({ text: "", next_offset: brick, closed: false });
    await loop.tfe.put(`${job.urls.log}?offset=${brick + 2}`, bytes.subarray(brick + 2));
    expect(await loop.read(`${path}?offset=${brick}`)).toEqual({
      text: "🧱\n",
      next_offset: bytes.length,
      closed: false,
    });
    await loop.tfe.complete(job, { outcome: "errored", message: "enough" });
    await loop.registry.server.settle();
    expect((await loop.read(`${path}?offset=${bytes.length}`)).closed).toBe(true);
    expect((await loop.read(path)).text).toContain("grün 🧱\n");
    expect((await loop.read(`${path}?offset=999999`)).closed).toBe(true);
    expect((await loop.console("GET", `/runs/${run.id}/logs/policy`)).status).toBe(404);
  });

  it("pages newest first without losing or repeating one, and refuses a cursor of its own making", async () => {
    const other = await loop.tfe.createWorkspace("paged");
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.push((await loop.tfe.createRun(other.id, { message: `run ${n}` })).id);
    const seen: string[] = [];
    let after = "";
    do {
      const page = await loop.read(`/runs?workspace=${other.id}&limit=2${after === "" ? "" : `&after=${after}`}`);
      seen.push(...page.runs.map((one: any) => one.id));
      after = page.next ?? "";
    } while (after !== "");
    expect(new Set(seen)).toEqual(new Set(made));
    expect(seen).toHaveLength(5);
    expect((await loop.read(`/runs?workspace=${other.id}&state=active`)).runs).toHaveLength(5);
    for (const cursor of ["x", "WzFd", Buffer.from("[null,1]").toString("base64url")]) {
      expect((await loop.console("GET", `/runs?after=${cursor}`)).json.error).toBe("bad_cursor");
    }
  });

  it("hides the runs of another organization and of another project as if they were missing", async () => {
    const run = await loop.tfe.createRun(workspace.id);
    for (const as of [loop.registry.tokens.foreign, loop.registry.tokens.elsewhere]) {
      expect((await loop.read("/runs", as)).runs).toEqual([]);
      for (const path of ["", "/plan", "/logs/plan"]) {
        const hidden = await loop.console("GET", `/runs/${run.id}${path}`, { as });
        const missing = await loop.console("GET", `/runs/run-none${path}`, { as });
        expect(hidden).toMatchObject({ status: 404, text: missing.text });
      }
    }
  });
});
