import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunnerJob } from "@ingot/runner/protocol";
import { enqueueJob } from "../jobs/index.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { aState, TfeFixture } from "../testing/tfe-fixture.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";

describe.each(databasesUnderTest())("the loop on $name", (kind) => {
  let registry: RegistryUnderTest;
  let tfe: TfeFixture;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    tfe = new TfeFixture(registry.server);
  });
  afterAll(() => registry.close());

  const channelPath = (bucket: string, channel = "production") =>
    `/consume/v1/ingot/default/buckets/${bucket}/channels/${channel}`;
  const read = (path: string, token: string | null = registry.tokens.admin) =>
    registry.server.fetch(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const uses = async (query = "") => (await read(`/api/v1/image-uses?${query}`)).json.image_uses as any[];

  async function promote(bucket: string, fingerprint: string, channel = "production"): Promise<void> {
    const created = await registry.call("POST", `/buckets/${bucket}/channels`, { body: { name: channel } });
    expect([200, 409]).toContain(created.status);
    await registry.expect("PATCH", `/buckets/${bucket}/channels/${channel}`, {
      body: { version_fingerprint: fingerprint, update_mask: "versionFingerprint" },
    });
  }

  /** Base and app `<name>`, both promoted; returns what the app's machines would name. */
  async function publishPair(name: string, release: string): Promise<string> {
    const base = await registry.publish(`${name}-base`, `base-${release}`);
    await promote(`${name}-base`, `base-${release}`);
    const identifier = `sha256:${name}-${release}`;
    await registry.publish(`${name}-app`, `app-${release}`, [
      {
        platform: "oci",
        artifacts: [{ external_identifier: identifier, region: "local" }],
        parent_version_id: base.id,
      },
    ]);
    await promote(`${name}-app`, `app-${release}`);
    return identifier;
  }

  function machines(serial: number, ...images: string[]): Buffer {
    const instances = images.map((image, index) => ({ index_key: index, attributes: { id: `m-${index}`, image } }));
    return aState(serial, { resources: [{ mode: "managed", type: "devcloud_machine", name: "web", instances }] });
  }

  function planOf(image: string, before: unknown = null): unknown {
    const change = { actions: before === null ? ["create"] : ["no-op"], before, after: { image }, after_unknown: {} };
    return {
      format_version: "1.2",
      resource_changes: [{ address: "devcloud_machine.web[0]", mode: "managed", type: "devcloud_machine", change }],
    };
  }

  /** Plans with this plan JSON, and applies to this state. Leaves uses extracted. */
  async function apply(
    workspaceId: string,
    planJson: unknown,
    state: Buffer,
    read?: (job: RunnerJob) => Promise<unknown>,
  ) {
    const run = await tfe.createRun(workspaceId, { "auto-apply": true });
    const plan = await tfe.mustClaim();
    await read?.(plan);
    expect((await tfe.finishPlan(plan, { planJson })).status).toBe(200);
    const job = await tfe.mustClaim();
    expect((await tfe.put(`${job.urls.state_upload}?final=true`, state)).status).toBe(200);
    expect((await tfe.complete(job)).status).toBe(200);
    await registry.server.settle();
    expect(await tfe.status(run.id)).toBe("applied");
  }

  it("follows one image from its build to its replacement", async () => {
    const v1 = await publishPair("way", "1");
    const workspace = await tfe.createWorkspace("way");
    await registry.server.fetch(`/api/v1/workspaces/${workspace.id}/settings`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${registry.tokens.admin}`, "content-type": "application/json" },
      body: JSON.stringify({ follow: "apply" }),
    });
    const readChannel = async (job: RunnerJob) => {
      const answer = await read(`${channelPath("way-app")}/state`, job.environment["INGOT_TOKEN"]);
      expect(answer.status).toBe(200);
      return answer.json.outputs.identifier.value;
    };
    await apply(workspace.id, planOf(v1), machines(1, v1, v1), async (job) => expect(await readChannel(job)).toBe(v1));

    expect(await uses(`workspace=${workspace.id}`)).toMatchObject([
      {
        workspace: { name: "way" },
        resource: "devcloud_machine.web[0]",
        bucket: "way-app",
        version: "v1",
        status: "current",
        channel: "production",
      },
      { resource: "devcloud_machine.web[1]", status: "current" },
    ]);
    expect(await uses("bucket=way-base&version=v1")).toMatchObject([
      { bucket: "way-app", descends_from: { bucket: "way-base", version: "v1" } },
      { bucket: "way-app" },
    ]);

    await registry.expect("PATCH", "/buckets/way-base/versions/base-1", {
      body: { revoke_in: "0s", revocation_message: "CVE-2030-1" },
    });
    await registry.server.settle();
    expect((await uses(`workspace=${workspace.id}`)).map((use) => use.status)).toEqual(["revoked", "revoked"]);

    const refused = await tfe.createRun(workspace.id, { "auto-apply": true });
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: planOf(v1) });
    const run = await tfe.run(refused.id);
    expect(run.attributes).toMatchObject({ status: "errored", actions: { "is-confirmable": false } });
    expect(await tfe.plan(run)).toMatchObject({ attributes: { status: "finished" } });
    expect(await tfe.apply(run)).toMatchObject({ attributes: { status: "unreachable" } });
    const log = await tfe.log(await tfe.plan(run));
    for (const part of [
      "way-app v1 is revoked",
      "devcloud_machine.web[0]",
      "CVE-2030-1",
      "way-base v1",
      "no valid version of way-app yet",
    ]) {
      expect(log).toContain(part);
    }
    expect(log.endsWith("\u0003")).toBe(true);
    expect(await tfe.claim()).toBeNull();

    const v2 = await publishPair("way", "2");
    await registry.server.settle();
    const job = await tfe.mustClaim();
    expect(job.workspace.name).toBe("way");
    const [latest] = await tfe.must("GET", `workspaces/${workspace.id}/runs`);
    expect(latest.attributes.message).toBe("Channel production of way-app now points at v2");
    expect(await readChannel(job)).toBe(v2);
    await tfe.finishPlan(job, { planJson: planOf(v2) });
    const applyJob = await tfe.mustClaim();
    await tfe.put(`${applyJob.urls.state_upload}?final=true`, machines(2, v2, v2));
    await tfe.complete(applyJob);
    await registry.server.settle();
    expect(await uses(`workspace=${workspace.id}`)).toMatchObject([
      { version: "v2", status: "current" },
      { version: "v2", status: "current" },
    ]);
    expect(await uses("bucket=way-app&version=v1")).toEqual([]);
    expect(await tfe.claim()).toBeNull();
  });

  it("lets a plan pass that keeps a revoked image where it is", async () => {
    const image = await publishPair("kept", "1");
    const workspace = await tfe.createWorkspace("kept");
    await apply(workspace.id, planOf(image), machines(1, image));
    await registry.expect("PATCH", "/buckets/kept-app/versions/app-1", { body: { revoke_in: "0s" } });
    const run = await tfe.createRun(workspace.id);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: planOf(image, { image }) });
    expect(await tfe.status(run.id)).toBe("planned");
    expect(await tfe.log(await tfe.plan(run))).toContain("still runs: devcloud_machine.web[0]");
    await tfe.must("POST", `runs/${run.id}/actions/discard`, {});
  });

  it("stops a run that waits to be applied when what it would use is revoked meanwhile, and no other", async () => {
    const bad = await publishPair("soon", "1");
    const good = await publishPair("fine", "1");
    const waiting = async (name: string, image: string) => {
      const workspace = await tfe.createWorkspace(name);
      const run = await tfe.createRun(workspace.id);
      await tfe.finishPlan(await tfe.mustClaim(), { planJson: planOf(image) });
      expect(await tfe.status(run.id)).toBe("planned");
      return run.id as string;
    };
    const [stopped, untouched] = [await waiting("soon", bad), await waiting("fine", good)];
    await registry.expect("PATCH", "/buckets/soon-base/versions/base-1", {
      body: { revoke_in: "1h", revocation_message: "CVE-2030-2" },
    });
    await registry.server.settle();
    expect(await tfe.status(stopped)).toBe("planned");
    registry.clock.now += 3_600_000;
    await registry.server.settle();
    expect(await tfe.status(stopped)).toBe("errored");
    expect((await tfe.api("POST", `runs/${stopped}/actions/apply`, {})).status).toBe(409);
    expect(await tfe.status(untouched)).toBe("planned");
    await tfe.must("POST", `runs/${untouched}/actions/discard`, {});
    await registry.server.settle();
    // Every kind of job that the registry and the runs write has somebody who does it.
    expect(await registry.server.db.selectFrom("jobs").selectAll().execute()).toEqual([]);
  });

  it("stops a run whose plan cannot be checked: unknown is never good", async () => {
    const workspace = await tfe.createWorkspace("unchecked");
    const run = await tfe.createRun(workspace.id);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: { not: "a plan" } });
    expect(await tfe.status(run.id)).toBe("errored");
  });

  it("queues one run for one move, however often the job is done, and none for a move that was taken back", async () => {
    const image = await publishPair("once", "1");
    const workspace = await tfe.createWorkspace("once", { "auto-apply": true });
    await apply(workspace.id, planOf(image), machines(1, image), (job) =>
      read(channelPath("once-app"), job.environment["INGOT_TOKEN"]),
    );
    const count = async () => (await tfe.must("GET", `workspaces/${workspace.id}/runs`)).length as number;
    const before = await count();

    await registry.publish("once-app", "app-2");
    await promote("once-app", "app-2");
    await promote("once-app", "app-1");
    await registry.server.settle();
    expect(await count()).toBe(before);

    await promote("once-app", "app-2");
    await registry.server.settle();
    await registry.server.settle();
    expect(await count()).toBe(before + 1);
    await tfe.must(
      "POST",
      `runs/${(await tfe.must("GET", `workspaces/${workspace.id}/runs`))[0].id}/actions/cancel`,
      {},
    );
  });

  it("keeps the uses of the newest state when an older one is handled late", async () => {
    const image = await publishPair("late", "1");
    const workspace = await tfe.createWorkspace("late");
    await apply(workspace.id, planOf(image), machines(1, image));
    const old = await registry.server.db
      .selectFrom("state_versions")
      .select("id")
      .where("workspace_id", "=", workspace.id)
      .executeTakeFirstOrThrow();
    await apply(workspace.id, planOf(image), machines(2, image, image));

    await registry.server.db
      .transaction()
      .execute((tx) =>
        enqueueJob(tx, { kind: "extract-image-uses", payload: { stateVersionId: old.id } }, registry.clock.now),
      );
    await registry.server.settle();
    expect(await uses(`workspace=${workspace.id}`)).toHaveLength(2);
  });

  it("pages through uses without losing or repeating one", async () => {
    const image = await publishPair("paged", "1");
    const workspace = await tfe.createWorkspace("paged");
    await apply(workspace.id, planOf(image), machines(1, ...Array.from({ length: 7 }, () => image)));
    const seen: string[] = [];
    let after = "";
    do {
      const { json } = await read(
        `/api/v1/image-uses?workspace=${workspace.id}&limit=3${after === "" ? "" : `&after=${after}`}`,
      );
      seen.push(...json.image_uses.map((use: any) => use.resource));
      after = json.next ?? "";
    } while (after !== "");
    expect(seen).toEqual(Array.from({ length: 7 }, (_, index) => `devcloud_machine.web[${index}]`));
  });

  describe("consumption", () => {
    beforeAll(async () => {
      await publishPair("eat", "1");
    });

    it("answers JSON, text and a state, to a bearer and to a password", async () => {
      expect((await read(channelPath("eat-app"))).json).toMatchObject({
        bucket: "eat-app",
        version: {
          name: "v1",
          status: "active",
          artifacts: [{ platform: "oci", region: "local", external_identifier: "sha256:eat-1" }],
        },
      });
      expect((await read(`${channelPath("eat-app")}/identifier?platform=oci`)).text).toBe("sha256:eat-1\n");
      const basic = Buffer.from(`anything:${registry.tokens.viewer}`).toString("base64");
      const state = await registry.server.fetch(`${channelPath("eat-app")}/state`, {
        headers: { authorization: `Basic ${basic}` },
      });
      expect(state.json).toMatchObject({ version: 4, outputs: { identifier: { value: "sha256:eat-1" } } });
    });

    it.each([
      ["no credential", () => read(channelPath("eat-app"), null), 401, "no_valid_credential"],
      ["another tenant", () => read(channelPath("eat-app"), registry.tokens.foreign), 404, "no_such_project"],
      [
        "a credential of another project",
        () => read(channelPath("eat-app"), registry.tokens.elsewhere),
        404,
        "no_such_project",
      ],
      ["an unknown bucket", () => read(channelPath("nothing")), 404, "bucket_not_found"],
      ["an unknown channel", () => read(channelPath("eat-app", "nothing")), 404, "channel_not_found"],
      [
        "a viewer at a restricted channel",
        () => read(channelPath("eat-app", "latest"), registry.tokens.viewer),
        403,
        "channel_restricted",
      ],
      [
        "an artifact that is not there",
        () => read(`${channelPath("eat-app")}/identifier?region=mars`),
        404,
        "no_such_artifact",
      ],
      ["a parameter nobody knows", () => read(`${channelPath("eat-app")}/identifier?colour=red`), 422, "schema"],
      ["a path nobody knows", () => read("/consume/v1/nothing"), 404, "no_such_path"],
    ])("refuses %s", async (_name, call, status, error) => {
      expect(await call()).toMatchObject({ status, json: { error } });
    });

    it("shows nothing of this tenant's uses to another", async () => {
      expect((await read("/api/v1/image-uses", registry.tokens.foreign)).json.image_uses).toEqual([]);
      expect((await read("/api/v1/image-uses", registry.tokens.elsewhere)).json.image_uses).toEqual([]);
    });

    it("gives a runner's token to administrators only, and ends the one before", async () => {
      const ask = (token: string, name = "rack-1") =>
        registry.server.fetch("/api/v1/runner-tokens", {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({ name }),
        });
      expect(await ask(registry.tokens.contributor)).toMatchObject({ status: 403, json: { error: "role_too_low" } });
      expect(await ask(registry.tokens.admin, "no spaces")).toMatchObject({ status: 422 });
      const first = await ask(registry.tokens.admin);
      expect(first).toMatchObject({ status: 201, json: { name: "rack-1" } });
      const claim = { runner: "rack-1", engines: [], wait_seconds: 0 };
      expect((await tfe.runner("/jobs/claim", claim, first.json.token)).status).toBe(200);
      const second = await ask(registry.tokens.admin);
      expect((await tfe.runner("/jobs/claim", claim, first.json.token)).status).toBe(401);
      expect((await tfe.runner("/jobs/claim", claim, second.json.token)).status).toBe(200);
    });

    it.each(["after=x", "version=v1", "limit=many", "version=1&bucket=b"])("refuses the question %j", async (query) => {
      expect((await read(`/api/v1/image-uses?${query}`)).status).toBe(422);
    });
  });
});
