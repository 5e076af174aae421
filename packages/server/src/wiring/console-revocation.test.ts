import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

describe.each(databasesUnderTest())("the preview of a revocation on $name", (kind) => {
  let loop: LoopFixture;
  let base: { id: string };
  let app: string;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
    await loop.publish("base", "b0");
    await loop.promote("base", "b0");
    await loop.publish("base", "b1");
    await loop.promote("base", "b1");
    base = await loop.version("base", "b1");
    app = await loop.publish("app", "a1", base.id);
    await loop.promote("app", "a1");
  });
  afterAll(() => loop.close());

  const preview = (query = "") => loop.read(`/revocation-preview?bucket=base&fingerprint=b1${query}`);

  it("names descendants, channels, uses, workspaces and the runs that wait, and changes nothing", async () => {
    const running = await loop.tfe.createWorkspace("running", { "auto-apply": false });
    await loop.runImages(running.id, app, app);
    const waiting = await loop.tfe.createWorkspace("waiting");
    const run = await loop.tfe.createRun(waiting.id);
    const change = { actions: ["create"], before: null, after: { image: app }, after_unknown: {} };
    await loop.tfe.finishPlan(await loop.tfe.mustClaim(), {
      planJson: {
        format_version: "1.2",
        resource_changes: [{ address: "devcloud_machine.m", mode: "managed", type: "devcloud_machine", change }],
      },
    });
    expect(await preview()).toMatchObject({
      version: { bucket: "base", version: "v2", fingerprint: "b1" },
      versions: [
        { bucket: "base", version: "v2", depth: 0, already_revoked: false },
        { bucket: "app", version: "v1", fingerprint: "a1", depth: 1, already_revoked: false },
      ],
      channels: [
        { bucket: "app", channel: "latest", from: "v1", to: null },
        { bucket: "app", channel: "production", from: "v1", to: null },
        { bucket: "base", channel: "latest", from: "v2", to: "v1" },
        { bucket: "base", channel: "production", from: "v2", to: "v1" },
      ],
      uses: [{ bucket: "app", status: "current" }, { bucket: "app" }],
      uses_total: 2,
      workspaces: [{ id: running.id, name: "running", uses: 2, follow: "plan" }],
      waiting_runs: [{ id: run.id, workspace: { name: "waiting" }, status: "planned" }],
    });
    expect(await preview("&descendants=false")).toMatchObject({
      versions: [{ bucket: "base" }],
      channels: [{ bucket: "base" }, { bucket: "base" }],
      uses_total: 0,
      workspaces: [],
      waiting_runs: [],
    });
    expect((await loop.version("app", "a1")).status).toBe("VERSION_ACTIVE");
    await loop.tfe.must("POST", `runs/${run.id}/actions/discard`, {});
  });

  it("promises the channels what the revocation then does", async () => {
    const promised = (await preview()).channels as any[];
    await loop.revoke("base", "b1");
    for (const { bucket, channel, from, to } of promised) {
      const { version } = (await loop.registry.expect("GET", `/buckets/${bucket}/channels/${channel}`)).channel;
      expect(version.name, `${bucket} ${channel}`).toBe(to ?? from);
    }
    const after = await preview();
    expect(after.versions.map((one: any) => one.already_revoked)).toEqual([true, true]);
    expect(after.channels).toEqual([]);
    await loop.restore("base", "b1");
  });

  it("answers a stranger as if there were no such version, and refuses half a question", async () => {
    const path = "/revocation-preview?bucket=base&fingerprint=b1";
    for (const as of [loop.registry.tokens.foreign, loop.registry.tokens.elsewhere]) {
      expect((await loop.console("GET", path, { as })).status).toBe(404);
      const aimed = `${path}&project=${loop.registry.ids.projectId}`;
      expect((await loop.console("GET", aimed, { as })).json.error).toBe("project_not_found");
    }
    expect((await loop.console("GET", `${path}&project=${loop.registry.ids.projectId}`)).status).toBe(200);
    expect((await loop.console("GET", "/revocation-preview?bucket=base&fingerprint=none")).status).toBe(404);
    expect((await loop.console("GET", "/revocation-preview?bucket=base")).status).toBe(422);
    expect((await loop.console("GET", `${path}&descendants=maybe`)).status).toBe(422);
  });
});

describe.each(databasesUnderTest())("search on $name", (kind) => {
  let loop: LoopFixture;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
    await loop.publish("golden-app", "fing-1");
    await loop.publish("golden-app", "fing-2");
    const workspace = await loop.tfe.createWorkspace("golden-machines");
    await loop.runImages(workspace.id, "sha256:golden-app-fing-1", "ami-somebody");
  });
  afterAll(() => loop.close());

  const titles = async (q: string, as?: string) =>
    (await loop.read(`/search?q=${encodeURIComponent(q)}`, as)).results.map((one: any) => `${one.kind} ${one.title}`);

  it.each([
    ["GOLD", ["bucket golden-app", "workspace golden-machines"]],
    ["golden-app v2", ["version golden-app v2"]],
    ["v1", ["version golden-app v1"]],
    ["fing-2", ["version golden-app v2", "image sha256:golden-app-fing-2"]],
    ["machines", ["workspace golden-machines"]],
    ["ami-", ["image ami-somebody"]],
    ["%", []],
    ["   ", []],
  ])("finds by %j", async (q, expected) => {
    const found = await titles(q);
    for (const title of expected) expect(found).toContain(title);
    if (expected.length === 0) expect(found).toEqual([]);
  });

  it("says where a result leads", async () => {
    const { results } = await loop.read("/search?q=sha256%3Agolden-app-fing-1");
    expect(results).toEqual([
      {
        kind: "image",
        title: "sha256:golden-app-fing-1",
        detail: "golden-app v1",
        identifier: "sha256:golden-app-fing-1",
        bucket: "golden-app",
        version: "v1",
        fingerprint: "fing-1",
      },
    ]);
  });

  it("shows nothing of another organization, nor of another project", async () => {
    for (const as of [loop.registry.tokens.foreign, loop.registry.tokens.elsewhere]) {
      for (const q of ["gold", "v1", "ami", "fing", "machines"]) expect(await titles(q, as)).toEqual([]);
    }
  });
});
