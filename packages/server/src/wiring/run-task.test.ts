import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../platform/pki/certificates.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { startRunTaskService, type RunTaskService } from "../testing/run-task-service.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";

interface PlanDocument {
  readonly resource_changes: { readonly address: string; readonly change: { readonly actions: string[] } }[];
}

// Plans of OpenTofu, as `show -json` writes them.
async function planOf(name: string, keep: (address: string) => boolean = () => true): Promise<PlanDocument> {
  const file = new URL(`../features/plan-changes/fixtures/${name}.json`, import.meta.url);
  const plan = JSON.parse(await readFile(file, "utf8")) as PlanDocument;
  return { ...plan, resource_changes: plan.resource_changes.filter(({ address }) => keep(address)) };
}

// Both instances that exist already: one changes in place, the other not at all.
const existing = (address: string) => !address.includes("web[1]");

describe.each(databasesUnderTest())("the run task of a registry on $name", (kind) => {
  let directory: string;
  let service: RunTaskService;
  let archive: RunTaskService;
  let registry: RegistryUnderTest;
  let task: { api_url: string; hmac_key: string };
  let results = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-run-task-"));
    const authority = await createAuthority("services", Date.now());
    const caFile = join(directory, "ca.pem");
    await writeFile(caFile, authority.certificate);
    // Stand-ins for HCP Terraform and for where it keeps plans.
    service = await startRunTaskService(authority);
    archive = await startRunTaskService(authority);
    registry = await startRegistry(kind, {
      config: {
        "outbound-allow": ["127.0.0.1"],
        "outbound-ca-file": caFile,
        "run-task-hosts": [service.host, archive.host],
      },
    });
    // What the plans of the fixtures run: first sha256:1, then sha256:2.
    for (const n of [1, 2]) {
      await registry.publish("web", `fp-${n}`, [
        { artifacts: [{ external_identifier: `sha256:${n}`, region: "local" }] },
      ]);
    }
    task = await registry.expect("GET", "/runtasks/validation", { as: registry.tokens.admin });
  });
  afterAll(async () => {
    await registry.close();
    await archive.close();
    await service.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    service.answers.clear();
    service.requests.splice(0);
    archive.answers.clear();
    archive.requests.splice(0);
  });

  interface CallOptions {
    readonly key?: string | null;
    readonly url?: string;
  }

  /** What HCP Terraform sends. */
  function bodyOf(more: Record<string, unknown> = {}): Record<string, unknown> {
    results += 1;
    service.answers.set(`PATCH /callback/${results}`, { status: 200 });
    return {
      payload_version: 1,
      stage: "post_plan",
      access_token: "the-run's-token",
      capabilities: { outcomes: true },
      is_speculative: false,
      organization_name: "org",
      run_id: "run-1",
      task_result_id: `taskrs-${results}`,
      task_result_callback_url: `${service.url}/callback/${results}`,
      task_result_enforcement_level: "mandatory",
      workspace_id: "ws-1",
      workspace_name: "web",
      plan_json_api_url: `${service.url}/plan`,
      ...more,
    };
  }

  async function send(
    body: Record<string, unknown> | string,
    { key = task.hmac_key, url = task.api_url }: CallOptions = {},
  ) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return registry.server.fetch(new URL(url).pathname, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key === null ? {} : { "x-tfc-task-signature": createHmac("sha512", key).update(text).digest("hex") }),
      },
      body: text,
    });
  }

  const reports = () => service.requests.filter(({ method }) => method === "PATCH").map(({ json }) => json.data);

  /** Lets the service ask about a plan, and returns the last report. */
  async function judge(plan: unknown, more: Record<string, unknown> = {}): Promise<any> {
    service.answers.set("GET /plan", { status: 200, body: plan });
    expect((await send(bodyOf(more))).status).toBe(200);
    await registry.server.settle();
    return reports().at(-1);
  }

  const revoke = (n: number, body: object) => registry.expect("PATCH", `/buckets/web/versions/fp-${n}`, { body });

  async function setBehaviour(word: string): Promise<void> {
    const body = { on_untracked_image: word };
    expect(await registry.expect("PATCH", "/runtasks/config", { as: registry.tokens.admin, body })).toEqual(body);
  }

  describe("answers about a plan", () => {
    it("at once with an empty answer, then that it is looking, then what it found", async () => {
      const report = await judge(await planOf("changed-configuration"));
      expect(reports().map(({ attributes }) => attributes.status)).toEqual(["running", "passed"]);
      expect(report).toMatchObject({
        type: "task-results",
        attributes: {
          message:
            "3 resources scanned, 0 with a revoked version, 0 with a version that will be revoked, 0 with a newer version available, 0 with an image that the registry does not know.",
          url: `${registry.server.url}/app/images`,
        },
      });
      const [first] = report.relationships.outcomes.data;
      expect(first).toMatchObject({
        type: "task-result-outcomes",
        attributes: {
          "outcome-id": "image-1",
          description: "devcloud_machine.web[0]: web v2 is valid.",
          tags: { Status: [{ label: "Valid", level: "none" }], Version: [{ label: "web v2" }] },
        },
      });
      expect(first.attributes.body).toContain("sha256:2");
      for (const { headers, method } of service.requests) {
        expect(headers.authorization).toBe("Bearer the-run's-token");
        if (method === "PATCH") expect(headers["content-type"]).toBe("application/vnd.api+json");
      }
    });

    it("that fails for what is created or replaced with a revoked version", async () => {
      await revoke(2, { revoke_in: "0s", revocation_message: "CVE-2" });
      const report = await judge(await planOf("changed-configuration"));
      await revoke(2, { restore: true });
      expect(report.attributes).toMatchObject({
        status: "failed",
        message: expect.stringContaining("3 with a revoked version") as string,
      });
      expect(report.relationships.outcomes.data[0].attributes).toMatchObject({
        description: expect.stringContaining("web v2 is revoked: CVE-2.") as string,
        tags: { Status: [{ label: "Revoked", level: "error" }] },
      });
    });

    it("that passes with a warning for what runs a revoked version already, changed in place or not at all", async () => {
      await revoke(1, { revoke_in: "0s" });
      const report = await judge(await planOf("drift-outside", existing));
      const withNew = await judge(await planOf("drift-outside"));
      await revoke(1, { restore: true });
      expect(report.attributes.status).toBe("passed");
      const outcomes = report.relationships.outcomes.data.map(({ attributes }: any) => attributes);
      expect(outcomes.map(({ tags }: any) => tags.Status[0])).toEqual([
        { label: "Revoked", level: "warning" },
        { label: "Revoked", level: "warning" },
      ]);
      expect(outcomes[0].description).toContain("v2 is available");
      expect(withNew.attributes.status).toBe("failed");
    });

    it("that reports a revocation to come and a newer version, and fails for neither", async () => {
      expect((await judge(await planOf("drift-outside"))).attributes).toMatchObject({
        status: "passed",
        message: expect.stringContaining("3 with a newer version available") as string,
      });
      await revoke(1, { revoke_in: "30d" });
      const report = await judge(await planOf("drift-outside"));
      await revoke(1, { restore: true });
      expect(report.attributes).toMatchObject({
        status: "passed",
        message: expect.stringContaining("3 with a version that will be revoked") as string,
      });
    });

    it.each([
      ["UNSET", "passed"],
      ["WARN", "passed"],
      ["FAIL", "failed"],
    ])("that for an image nobody knows, with %s, has %s", async (word, status) => {
      const plan = JSON.stringify(await planOf("changed-configuration")).replaceAll("sha256:2", "sha256:unknown");
      await setBehaviour(word);
      const report = await judge(JSON.parse(plan));
      await setBehaviour("UNSET");
      expect(report.attributes).toMatchObject({
        status,
        message: expect.stringContaining("3 with an image that the registry does not know") as string,
      });
    });

    it("that passes at a stage without a plan", async () => {
      expect((await send(bodyOf({ stage: "pre_plan", plan_json_api_url: undefined }))).status).toBe(200);
      await registry.server.settle();
      expect(reports().at(-1).attributes).toMatchObject({ status: "passed" });
      expect(service.requests.some(({ method }) => method === "GET")).toBe(false);
    });

    it("without outcomes for a service that does not take them", async () => {
      const report = await judge(await planOf("drift-outside"), { capabilities: undefined });
      expect(report.relationships).toBeUndefined();
    });

    it("of its own project only", async () => {
      const other = `${registry.otherProject}/runtasks/validation`;
      const theirs = await registry.expect("GET", other, { as: registry.tokens.admin });
      service.answers.set("GET /plan", { status: 200, body: await planOf("changed-configuration") });
      await send(bodyOf(), { key: theirs.hmac_key, url: theirs.api_url });
      await registry.server.settle();
      expect(reports().at(-1).attributes.message).toContain("3 with an image that the registry does not know");
    });
  });

  describe("takes a call in", () => {
    it.each([
      ["no signature", null],
      ["a wrong one", "another key"],
    ])("never with %s", async (_what, key) => {
      expect(await send(bodyOf(), { key })).toMatchObject({ status: 401, json: { code: 16 } });
      await registry.server.settle();
      expect(service.requests).toEqual([]);
    });

    it("with the new key alone, from the moment it is made anew", async () => {
      const { hmac_key: fresh } = await registry.expect("PATCH", "/runtasks/hmac", {
        as: registry.tokens.admin,
        body: {},
      });
      const old = task.hmac_key;
      task = { ...task, hmac_key: fresh };
      expect((await send(bodyOf({ access_token: "test-token" }), { key: old })).status).toBe(401);
      expect((await send(bodyOf({ access_token: "test-token" }))).status).toBe(200);
    });

    it("and does nothing when it is the trial of somebody who sets the task up", async () => {
      const trial = { access_token: "test-token", task_result_callback_url: "https://example.com/x" };
      expect(await send(bodyOf(trial))).toMatchObject({ status: 200, json: {} });
      await registry.server.settle();
      expect(service.requests).toEqual([]);
    });

    it.each([
      ["another registry's address", { url: "/packer/run-tasks/01HZZZZZZZZZZZZZZZZZZZZZZZ/validation" }, {}, 404],
      ["a callback to a host that nobody allowed", {}, { task_result_callback_url: "https://127.0.0.1:1/x" }, 400],
      ["a plan at a host that nobody allowed", {}, { plan_json_api_url: "https://example.com/plan" }, 400],
      ["a callback without TLS", {}, { task_result_callback_url: "http://127.0.0.1/x" }, 400],
      ["nothing that names the result", {}, { task_result_id: undefined }, 400],
      ["too much", {}, { filler: "x".repeat(64 * 1024) }, 413],
    ])("not with %s", async (_what, options: { url?: string }, more, status) => {
      const url = options.url === undefined ? {} : { url: registry.server.url + options.url };
      expect(await send(bodyOf(more), url)).toMatchObject({ status, json: { details: [] } });
      await registry.server.settle();
      expect(service.requests).toEqual([]);
    });

    it("not when it is no JSON", async () => {
      expect(await send("{")).toMatchObject({ status: 400, json: { code: 3 } });
    });

    it("once, however often it comes, and keeps its token sealed and no longer than needed", async () => {
      service.answers.set("GET /plan", { status: 200, body: await planOf("drift-outside") });
      const body = bodyOf();
      expect((await send(body)).status).toBe(200);
      expect((await send(body)).status).toBe(200);
      const rows = () =>
        registry.server.db
          .selectFrom("run_task_calls")
          .selectAll()
          .where("task_result_id", "=", String(body["task_result_id"]))
          .execute();
      expect(JSON.stringify(await rows())).not.toContain("the-run's-token");
      await registry.server.settle();
      expect((await send(body)).status).toBe(200);
      await registry.server.settle();
      expect(reports().map(({ attributes }) => attributes.status)).toEqual(["running", "passed"]);
      expect(await rows()).toMatchObject([{ sealed_access_token: null }]);
    });
  });

  describe("when the service is in trouble", () => {
    it("waits for a plan that is not finished, and for a callback that fails", async () => {
      service.answers.set("GET /plan", { status: 204 });
      await send(bodyOf());
      await registry.server.settle();
      service.answers.set("GET /plan", { status: 200, body: await planOf("drift-outside") });
      service.answers.set(`PATCH /callback/${results}`, { status: 503 });
      registry.clock.now += 60_000;
      await registry.server.settle();
      service.answers.set(`PATCH /callback/${results}`, { status: 200 });
      registry.clock.now += 60_000;
      await registry.server.settle();
      expect(reports().at(-1).attributes.status).toBe("passed");
    });

    it("fails in the end, since an unknown answer is never a good one", async () => {
      service.answers.set("GET /plan", { status: 500 });
      await send(bodyOf());
      for (let i = 0; i < 12; i++) {
        await registry.server.settle();
        registry.clock.now += 60_000;
      }
      expect(reports().at(-1).attributes).toMatchObject({
        status: "failed",
        message: expect.stringContaining("could not be checked") as string,
      });
    });

    it.each([
      ["is refused", { status: 403 }],
      ["is no plan", { status: 200, body: { hello: "plan" } }],
      ["is kept where nobody allowed", { status: 307, location: "https://example.com/plan" }],
      ["is kept without TLS", { status: 302, location: "http://127.0.0.1/plan" }],
      ["leads nowhere", { status: 302, location: "/plan" }],
    ])("fails at once for a plan that %s", async (_what, answer) => {
      service.answers.set("GET /plan", answer);
      await send(bodyOf());
      await registry.server.settle();
      expect(reports().at(-1).attributes.status).toBe("failed");
    });

    it("follows a redirect to an allowed host, and keeps the token from it", async () => {
      service.answers.set("GET /plan", { status: 307, location: `${archive.url}/kept?signature=1` });
      archive.answers.set("GET /kept?signature=1", { status: 200, body: await planOf("drift-outside") });
      await send(bodyOf());
      await registry.server.settle();
      expect(reports().at(-1).attributes.status).toBe("passed");
      expect(archive.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    });

    it("gives up when its word is not wanted any more", async () => {
      service.answers.set("GET /plan", { status: 200, body: await planOf("drift-outside") });
      await send(bodyOf());
      service.answers.set(`PATCH /callback/${results}`, { status: 404 });
      await registry.server.settle();
      registry.clock.now += 60_000;
      await registry.server.settle();
      expect(reports()).toHaveLength(1);
    });
  });
});
