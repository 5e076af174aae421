import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";
import { createHcpWebhookPlane } from "../wire/hcp-webhook/index.ts";

const everyVersionEvent = [{ resource_id: "", events: [{ source: "hashicorp.packer.version", action: "*" }] }];

describe.each(databasesUnderTest())("the webhooks of a project on $name", (kind) => {
  let registry: RegistryUnderTest;
  let receiver: WebhookReceiver;
  let names = 0;
  beforeAll(async () => {
    registry = await startRegistry(kind, { config: { "outbound-allow": ["127.0.0.1"] } });
  });
  afterAll(() => registry.close());
  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(() => receiver.close());

  async function api(method: string, path: string, body?: unknown, as: string | null = registry.tokens.admin) {
    return registry.server.fetch(`/2023-05-31/${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  const collection = () => `webhook/project%2F${registry.ids.projectId}/webhooks`;

  /** As clients write it in a path: with escaped slashes. */
  const nameOf = (webhook: { resource_name: string }) => webhook.resource_name.replaceAll("/", "%2F");

  async function create(more: Record<string, unknown> = {}): Promise<any> {
    const body = {
      name: `hook-${++names}`,
      enabled: true,
      config: { url: receiver.url },
      subscriptions: everyVersionEvent,
    };
    const answer = await api("POST", collection(), { ...body, ...more });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.webhook;
  }

  const remove = (webhook: { resource_name: string }) => api("DELETE", nameOf(webhook));

  describe("when one is made", () => {
    it("tries its receiver out, signed, and never shows the key", async () => {
      const webhook = await create({ config: { url: receiver.url, hmac_key: "a secret" } });
      expect(webhook).toMatchObject({
        resource_id: expect.stringMatching(/./) as string,
        resource_name: `webhook/project/${registry.ids.projectId}/geo/us/webhook/hook-${names}`,
        description: "",
        enabled: true,
        config: { url: receiver.url },
        subscriptions: everyVersionEvent,
      });
      const [trial] = receiver.received;
      expect(trial?.json).toMatchObject({
        resource_id: "",
        event_id: expect.stringMatching(/^webhook\.event:./) as string,
        event_action: "test",
        event_description: "Verification",
        event_source: "hashicorp.webhook.verification",
        event_version: "1",
        event_payload: {},
      });
      expect(trial?.headers["x-hcp-webhook-signature"]).toBe(
        createHmac("sha512", "a secret")
          .update(trial?.text ?? "")
          .digest("hex"),
      );
      const read = await api("GET", nameOf(webhook));
      expect(read.json.webhook).toEqual(webhook);
      expect(read.text).not.toContain("a secret");
      await remove(webhook);
    });

    it("makes nothing when it is to be enabled and its receiver refuses", async () => {
      receiver.answer = { status: 500 };
      const answer = await api("POST", collection(), {
        name: "refused",
        enabled: true,
        config: { url: receiver.url },
        subscriptions: null,
      });
      expect(answer).toMatchObject({ status: 400, json: { details: [] } });
      expect(answer.json.message).toMatch(/^Error verifying webhook configuration/);
      expect((await api("GET", `webhook/project/${registry.ids.projectId}/geo/us/webhook/refused`)).status).toBe(404);
    });

    it("is left disabled when nobody says whether it is to be enabled and its receiver refuses", async () => {
      receiver.answer = { status: 500 };
      const webhook = await create({ enabled: undefined, test_payload: { hello: "receiver" } });
      expect(webhook).toMatchObject({ enabled: false, last_delivery: { response: { status_code: 500 } } });
      expect(receiver.received.map(({ json }) => json)).toEqual([{ hello: "receiver" }]);
      await remove(webhook);
    });

    it("calls nobody when it is to be disabled", async () => {
      const webhook = await create({ enabled: false });
      expect(webhook).toMatchObject({ enabled: false });
      expect(receiver.received).toEqual([]);
      await remove(webhook);
    });

    it.each([
      ["an address inside", { config: { url: "http://169.254.169.254/latest" } }],
      ["an address of another scheme", { config: { url: "ftp://example.com/" } }],
      ["no address", { config: null }],
      ["a name with a space", { name: "a b" }],
      ["a source that is none", { subscriptions: [{ events: [{ source: "packer", action: "*" }] }] }],
      [
        "every action and another one",
        {
          subscriptions: [
            {
              events: [
                { source: "hashicorp.packer.version", action: "*" },
                { source: "hashicorp.packer.version", action: "create" },
              ],
            },
          ],
        },
      ],
      ["two subscriptions for one resource", { subscriptions: [{ resource_id: "x" }, { resource_id: "x" }] }],
    ])("refuses %s", async (_what, more) => {
      const body = { name: "bad", enabled: false, config: { url: receiver.url }, ...more };
      expect(await api("POST", collection(), body)).toMatchObject({ status: 400, json: { code: 3, details: [] } });
    });

    it("refuses a name that is taken", async () => {
      const webhook = await create();
      const body = { name: `hook-${names}`, enabled: false, config: { url: receiver.url } };
      expect(await api("POST", collection(), body)).toMatchObject({ status: 409, json: { code: 6 } });
      await remove(webhook);
    });
  });

  describe("when one is changed", () => {
    it("changes what the mask names and nothing else, in the order it was given", async () => {
      const webhook = await create({ enabled: false, description: "before" });
      const subscriptions = [
        {
          resource_id: "some_resource_id",
          events: [
            { source: "hashicorp.packer.version", action: "revoke" },
            { source: "hashicorp.packer.version", action: "complete" },
          ],
        },
      ];
      const changed = await api("PATCH", nameOf(webhook), {
        update_mask: "description,subscriptions",
        webhook: { subscriptions, enabled: true, config: { url: "http://gone.invalid/" } },
      });
      expect(changed.json.webhook).toMatchObject({
        description: "",
        enabled: false,
        config: { url: receiver.url },
        subscriptions,
      });
      expect((await api("PATCH", nameOf(webhook), { update_mask: "url", webhook: {} })).json.message).toContain(
        "update_mask",
      );
      await remove(webhook);
    });

    it("tries out only one that is or becomes enabled, and changes nothing when the receiver refuses", async () => {
      const webhook = await create({ enabled: false });
      receiver.answer = { status: 404 };
      const config = { url: `${receiver.url}/elsewhere`, hmac_key: "k" };
      expect((await api("PATCH", nameOf(webhook), { update_mask: "config", webhook: { config } })).status).toBe(200);
      expect(receiver.received).toEqual([]);
      const renamed = (await api("PATCH", `${nameOf(webhook)}/name`, { name: `renamed-${names}` })).json.webhook;
      const refused = await api("PATCH", nameOf(renamed), {
        update_mask: "enabled,description",
        webhook: { enabled: true, description: "new" },
      });
      expect(refused).toMatchObject({ status: 400, json: { code: 9, details: [] } });
      expect(refused.json.message).toMatch(/^Error verifying webhook configuration/);
      expect((await api("GET", nameOf(renamed))).json.webhook).toMatchObject({
        resource_name: expect.stringMatching(/renamed-\d+$/) as string,
        description: "",
        enabled: false,
      });
      receiver.answer = { status: 204 };
      const enabled = await api("PATCH", nameOf(renamed), { update_mask: "enabled", webhook: { enabled: true } });
      expect(enabled.json.webhook).toMatchObject({ enabled: true });
      const off = await api("PATCH", nameOf(renamed), { update_mask: "enabled", webhook: {} });
      expect(off.json.webhook).toMatchObject({ enabled: false });
      await remove(renamed);
    });

    it("is found under its new name only", async () => {
      const webhook = await create({ enabled: false });
      const other = await create({ enabled: false });
      const taken = await api("PATCH", `${nameOf(webhook)}/name`, { name: other.resource_name.split("/").at(-1) });
      expect(taken).toMatchObject({ status: 409, json: { code: 6 } });
      const renamed = (await api("PATCH", `${nameOf(webhook)}/name`, { name: `new-${names}` })).json.webhook;
      expect(renamed.resource_id).toBe(webhook.resource_id);
      expect((await api("GET", nameOf(webhook))).status).toBe(404);
      expect(await remove(renamed)).toMatchObject({ status: 200, json: {} });
      expect((await remove(renamed)).status).toBe(404);
      await remove(other);
    });
  });

  it("lists by pages, in the order that is asked for", async () => {
    const made = [await create({ enabled: false }), await create({ enabled: false }), await create({ enabled: false })];
    const list = `${collection()}?pagination.page_size=2&sorting.order_by=created_at%20desc`;
    const first = (await api("GET", list)).json;
    const next = encodeURIComponent(first.pagination.next_page_token);
    const second = (await api("GET", `${list}&pagination.next_page_token=${next}`)).json;
    const listed: string[] = [...first.webhooks, ...second.webhooks].map((one: any) => String(one.resource_id));
    expect(listed.sort()).toEqual(made.map((one) => String(one.resource_id)).sort());
    expect(second.pagination.next_page_token).toBe("");
    for (const webhook of made) await remove(webhook);
  });

  describe("what happens to a version", () => {
    it("is told from its beginning to its end, with what it is about", async () => {
      const webhook = await create({ config: { url: receiver.url, hmac_key: "k" } });
      const { registry: own } = await registry.expect("GET", "/registry");
      receiver.received.splice(0);
      const version = await registry.publish("told", "one");
      await registry.publish("told", "two");
      await registry.expect("POST", "/buckets/told/channels", {
        body: { name: "production", version_fingerprint: "one" },
      });
      const change = (body: object) => registry.expect("PATCH", "/buckets/told/versions/one", { body });
      await change({ revoke_in: "1h", revocation_message: "old" });
      await change({ restore: true });
      await registry.expect("PATCH", "/buckets/told/channels/production", {
        body: { update_mask: "versionFingerprint" },
      });
      await change({ revoke_in: "0s", revocation_message: "CVE-1", skip_descendants_revocation: true });
      await change({ restore: true });
      // What a version held is read when it is told, and is gone with it.
      await registry.server.settle();
      await registry.expect("DELETE", "/buckets/told/versions/one");
      await registry.server.settle();

      const told = receiver.received.map(({ json }) => json);
      const byId = told.sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
      expect(byId.map((one) => one.event_action)).toEqual([
        "create",
        "complete",
        "assign",
        "create",
        "complete",
        "assign",
        "assign",
        "schedule-revocation",
        "cancel-revocation",
        "assign",
        "revoke",
        "restore",
        "delete",
      ]);
      const [created, completed, latest] = byId;
      const build = {
        id: expect.stringMatching(/./) as string,
        platform: "aws",
        component_type: "test.source0",
        labels: {},
        artifacts: [{ region: "us-east-1", external_identifier: "told-one-0" }],
      };
      const common = {
        organization_id: registry.ids.organizationId,
        project_id: registry.ids.projectId,
        registry: { id: own.id },
        bucket: { id: version.bucket_id ?? (expect.stringMatching(/./) as string), name: "told" },
        actor: {
          principal_id: expect.stringMatching(/./) as string,
          type: "TYPE_SERVICE",
          service: { id: expect.stringMatching(/./) as string, name: "contributor-all", user_managed: true },
        },
      };
      expect(created).toMatchObject({
        resource_id: own.id,
        resource_name: `packer/project/${registry.ids.projectId}/registry/${own.id}`,
        event_id: expect.stringMatching(/^packer\.event:./) as string,
        event_description: "Created version",
        event_source: "hashicorp.packer.version",
        event_version: "1",
      });
      expect(created.event_payload).toEqual({
        ...common,
        version: {
          id: version.id,
          fingerprint: "one",
          name: "v0",
          status: "RUNNING",
          revoke_at: "",
          revocation_message: "",
          revocation_author: "",
        },
      });
      expect(completed.event_payload).toMatchObject({
        ...common,
        version: { name: "v1", status: "ACTIVE" },
        builds: [build],
      });
      expect(latest.event_payload).toMatchObject({
        version: { id: version.id, fingerprint: "one", name: "v1" },
        builds: [build],
        channel: { name: "latest", author_id: "HCP Packer", managed: true, restricted: true },
      });
      expect(byId[5].event_payload).toMatchObject({
        version: { name: "v2" },
        previous_version: { name: "v1", fingerprint: "one" },
        previous_builds: [build],
      });
      expect(byId[7].event_payload).toMatchObject({
        version: { status: "REVOCATION_SCHEDULED", revocation_message: "old", revocation_author: "contributor-all" },
        skip_descendants_revocation: false,
      });
      expect(byId[9].event_payload).toMatchObject({
        version: { id: "", fingerprint: "", name: "" },
        builds: [],
        channel: { name: "production", managed: false },
        previous_version: { name: "v1" },
      });
      expect(byId[10].event_payload).toMatchObject({
        version: { status: "REVOKED" },
        skip_descendants_revocation: true,
      });
      expect(byId[12].event_payload).toMatchObject({ version: { name: "v1", status: "ACTIVE" }, builds: [build] });
      for (const { text, headers } of receiver.received) {
        expect(headers["x-hcp-webhook-signature"]).toBe(createHmac("sha512", "k").update(text).digest("hex"));
      }
      await remove(webhook);
    });

    it("is told to those who ask for it, and to nobody who is disabled", async () => {
      const { registry: own } = await registry.expect("GET", "/registry");
      const only = (resource_id: string, action: string) => ({
        subscriptions: [{ resource_id, events: [{ source: "hashicorp.packer.version", action }] }],
      });
      const made = [
        await create({ enabled: false }),
        await create(only("some_resource_id", "*")),
        await create(only("", "revoke")),
        await create(only(own.id, "complete")),
      ];
      receiver.received.splice(0);
      await registry.publish("chosen", "one");
      await registry.server.settle();
      expect(receiver.received.map(({ json }) => json.event_action)).toEqual(["complete"]);
      const deliveries = await Promise.all(made.map((one) => api("GET", `${nameOf(one)}/deliveries`)));
      // Besides the trials of the three that are enabled.
      expect(deliveries.map(({ json }) => json.deliveries.length)).toEqual([0, 1, 1, 2]);
      for (const webhook of made) await remove(webhook);
    });

    it("is told again to a receiver that failed, and both can be read afterwards, without secrets", async () => {
      const webhook = await create({ config: { url: `${receiver.url}?token=hidden`, hmac_key: "a secret" } });
      receiver.received.splice(0);
      receiver.answer = { status: 503, body: "busy" };
      await registry.expect("PUT", "/buckets", { body: { name: "again" } });
      await registry.expect("POST", "/buckets/again/versions", { body: { fingerprint: "fp" } });
      await registry.server.settle();
      receiver.answer = { status: 200, body: "thanks" };
      registry.clock.now += 60_000;
      await registry.server.settle();
      expect(receiver.received.map(({ json }) => json.event_action)).toEqual(["create", "create"]);
      expect(new Set(receiver.received.map(({ json }) => json.event_id)).size).toBe(1);
      const { json, text } = await api("GET", `${nameOf(webhook)}/deliveries`);
      expect(json.deliveries[0]).toMatchObject({
        webhook_resource_id: webhook.resource_id,
        retries: 1,
        request: {
          url: receiver.url,
          payload: { event_action: "create" },
          sent_at: expect.stringMatching(/Z$/) as string,
        },
        response: { status_code: 200, body: "thanks" },
      });
      expect(text).not.toMatch(/hidden|a secret/);
      expect((await api("GET", nameOf(webhook))).json.webhook.last_delivery.id).toBe(json.deliveries[0].id);
      await remove(webhook);
    });
  });

  it("shows nothing of a project to those who may not see it, and lets only administrators change anything", async () => {
    const webhook = await create({ enabled: false });
    const { foreign, elsewhere, viewer } = registry.tokens;
    const routes = createHcpWebhookPlane({
      db: undefined as never,
      sealer: undefined as never,
      outbound: undefined as never,
      pageSigner: undefined as never,
      now: Date.now,
    }).routes;
    expect(routes).toHaveLength(7);
    for (const { method, path, needs } of routes) {
      const place = path
        .slice(1)
        .replace(":project_id", registry.ids.projectId)
        .replace(":geo", "us")
        .replace(":name", `hook-${names}`);
      const body = method === "GET" || method === "DELETE" ? undefined : { name: "x", config: { url: receiver.url } };
      expect((await api(method, place, body, null)).status).toBe(401);
      expect((await api(method, place, body, foreign)).status).toBe(404);
      if (needs === "notification:write") {
        expect((await api(method, place, body, viewer)).status).toBe(403);
        expect((await api(method, place, body, elsewhere)).status).toBe(403);
      } else {
        expect((await api(method, place, body, viewer)).status).toBe(200);
        expect((await api(method, place, body, elsewhere)).status).toBe(404);
      }
    }
    expect((await api("GET", nameOf(webhook))).json.webhook).toEqual(webhook);
    await remove(webhook);
  });
});
