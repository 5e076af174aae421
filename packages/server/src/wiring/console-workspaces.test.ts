import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { LoopFixture } from "./testing/loop-fixture.ts";

describe.each(databasesUnderTest())("workspaces in Ingot's own API on $name", (kind) => {
  let loop: LoopFixture;
  let workspace: { id: string };
  let image: string;
  beforeAll(async () => {
    loop = await LoopFixture.start(kind);
    image = await loop.publish("golden", "one");
    await loop.promote("golden", "one");
    workspace = await loop.tfe.createWorkspace("web-machines");
    await loop.tfe.createWorkspace("idle_machines");
    await loop.follow(workspace.id, "golden");
    await loop.runImages(workspace.id, image, image, "sha256:foreign");
  });
  afterAll(() => loop.close());

  const names = async (query: string, as?: string) =>
    (await loop.read(`/workspaces?${query}`, as)).workspaces.map((one: any) => one.name);

  it("counts the images of every workspace by status, and follows a move at once", async () => {
    const { workspaces, next } = await loop.read("/workspaces");
    expect(next).toBeNull();
    expect(workspaces).toMatchObject([
      { name: "idle_machines", images: { current: 0, untracked: 0 }, current_run: null, resource_count: 0 },
      {
        name: "web-machines",
        images: { current: 2, behind: 0, untracked: 1 },
        follow: "plan",
        health: "off",
        locked: false,
        open_alerts: 0,
      },
    ]);
    expect(await names("status=attention")).toEqual([]);
    await loop.publish("golden", "two");
    await loop.promote("golden", "two");
    expect(await names("status=attention")).toEqual(["web-machines"]);
    expect(await names("status=revoked,behind")).toEqual(["web-machines"]);
    expect(await names("status=current")).toEqual([]);
  });

  it("shows what a workspace follows, and what it was answered last", async () => {
    expect(await loop.read(`/workspaces/${workspace.id}`)).toMatchObject({
      name: "web-machines",
      project: { id: loop.registry.ids.projectId },
      follows: [{ bucket: "golden", channel: "production", version_read: "v1", version_now: "v2" }],
      settings: { follow: "plan", image_age_days_max: null, assessments_enabled: false, execution_mode: "remote" },
      image_checks: [
        { kind: "revoked", status: "unknown", uses: [{ resource: "devcloud_machine.web[2]", bucket: null }] },
        { kind: "revocation-scheduled", status: "unknown" },
        { kind: "too-old", status: "off" },
        { kind: "behind-too-long", status: "off" },
      ],
    });
  });

  it("changes the settings that are given and keeps the rest", async () => {
    const path = `/workspaces/${workspace.id}/settings`;
    const changed = await loop.console("PATCH", path, { body: { follow: "apply", image_age_days_max: 30 } });
    expect(changed).toMatchObject({ status: 200, json: { settings: { follow: "apply", image_age_days_max: 30 } } });
    const again = await loop.console("PATCH", path, { body: { image_age_days_max: null, assessments_enabled: true } });
    expect(again.json).toMatchObject({
      health: "unknown",
      settings: { follow: "apply", image_age_days_max: null, assessments_enabled: true },
    });
    for (const body of [{ follow: "sometimes" }, { image_age_days_max: 0 }, { image_behind_days_max: "3" }, { x: 1 }]) {
      expect((await loop.console("PATCH", path, { body })).status).toBe(422);
    }
    expect((await loop.console("PATCH", path, { body: {}, as: loop.registry.tokens.viewer })).status).toBe(403);
  });

  it("finds names by a part of them, in which no character is a wildcard", async () => {
    expect(await names("q=MACH")).toEqual(["idle_machines", "web-machines"]);
    expect(await names("q=_")).toEqual(["idle_machines"]);
    expect(await names("q=%25")).toEqual([]);
  });

  it("pages by name", async () => {
    const first = await loop.read("/workspaces?limit=1");
    expect(first.workspaces).toHaveLength(1);
    expect(await names(`limit=1&after=${first.next}`)).toEqual(["web-machines"]);
    expect((await loop.console("GET", "/workspaces?after=x")).status).toBe(422);
  });

  it("hides the workspaces of another organization and of another project as if they were missing", async () => {
    for (const as of [loop.registry.tokens.foreign, loop.registry.tokens.elsewhere]) {
      expect(await names("", as)).toEqual([]);
      const hidden = await loop.console("GET", `/workspaces/${workspace.id}`, { as });
      const missing = await loop.console("GET", "/workspaces/ws-none", { as });
      expect(hidden).toMatchObject({ status: 404, text: missing.text });
      const change = { as, body: { follow: "off" } };
      const refused = await loop.console("PATCH", `/workspaces/${workspace.id}/settings`, change);
      expect(refused).toMatchObject({ status: 404, text: missing.text });
    }
    expect((await loop.read(`/workspaces/${workspace.id}`)).follow).toBe("apply");
  });
});
