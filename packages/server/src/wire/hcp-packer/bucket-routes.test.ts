import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("buckets on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  it("are made once", async () => {
    await registry.expect("PUT", "/buckets", { body: { name: "once", labels: null, description: null } });
    expect(await registry.call("PUT", "/buckets", { body: { name: "once" } })).toMatchObject({
      status: 409,
      json: { code: 6, message: "Error: The bucket with identifier once already exists." },
    });
  });

  it.each(["ab", "-abc", "abc-", "a_b_c", "a.b.c", "x".repeat(37), "a/b", "äöü", "", " abc"])(
    "cannot be called %j",
    async (name) => {
      expect(await registry.call("PUT", "/buckets", { body: { name } })).toMatchObject({
        status: 400,
        json: { code: 3 },
      });
    },
  );

  it.each([
    { labels: { a: 1 } },
    { labels: ["a"] },
    { labels: { "": "x" } },
    { labels: { k: "v".repeat(9000) } },
    { labels: Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`k${i}`, "v"])) },
    { description: 5 },
    { description: "d".repeat(2000) },
    { name: 5 },
  ])("refuse content of the wrong kind or size (%#)", async (content) => {
    const answer = await registry.call("PUT", "/buckets", { body: { name: "refused", ...content } });
    expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    expect((await registry.call("GET", "/buckets/refused")).status).toBe(404);
  });

  it("keep what an update leaves out, null or empty, and have their labels replaced as a whole", async () => {
    const { expect: ok, clock } = registry;
    await ok("PUT", "/buckets", { body: { name: "merged", description: "first", labels: { a: "1", b: "2" } } });
    const created = (await ok("GET", "/buckets/merged")).bucket;
    clock.now += 1000;
    for (const body of [
      {},
      { description: "" },
      { description: null, labels: null, platforms: null },
      { nonsense: 1 },
    ]) {
      expect((await ok("PATCH", "/buckets/merged", { body })).bucket).toEqual(created);
    }
    const body = { labels: { c: "3" }, platforms: ["ignored"] };
    const updated = (await ok("PATCH", "/buckets/merged", { body })).bucket;
    expect(updated).toMatchObject({ description: "first", labels: { c: "3" }, platforms: [] });
    expect(updated.updated_at).not.toBe(created.updated_at);
    expect(updated.created_at).toBe(created.created_at);
  });

  it("disappear with everything below them, and can be made anew", async () => {
    const { expect: ok, call } = registry;
    const parent = await registry.publish("doomed", "fp");
    const child = await registry.publish("survivor", "fp", [{ parent_version_id: parent.id }]);
    await ok("POST", "/buckets/doomed/channels", { body: { name: "production", version_fingerprint: "fp" } });
    expect(await ok("DELETE", "/buckets/doomed")).toEqual({});
    expect((await call("GET", "/buckets/doomed")).json.code).toBe(5);
    expect(await call("DELETE", "/buckets/doomed")).toMatchObject({
      status: 404,
      json: { code: 5, message: "Error: The bucket with identifier doomed does not exist." },
    });
    expect((await call("GET", "/buckets/doomed/versions/fp")).json.code).toBe(10);
    expect((await ok("GET", "/buckets/survivor/versions/fp")).version.id).toBe(child.id);
    const again = await registry.publish("doomed", "fp");
    expect(again).toMatchObject({ name: "v1" });
    expect(again.id).not.toBe(parent.id);
  });

  it("are listed by name, page by page in both directions, in any order that is served", async () => {
    const { expect: ok, call, tokens, clock } = registry;
    const at = registry.otherProject;
    const names = ["delta", "alpha", "Echo", "charlie", "bravo"];
    for (const name of names) {
      clock.now += 1000;
      await ok("PUT", `${at}/buckets`, { as: tokens.admin, body: { name } });
    }
    const list = async (query: string) => {
      const answer = await ok("GET", `${at}/buckets?${query}`, { as: tokens.admin });
      return { names: answer.buckets.map((b: any) => b.name), ...answer.pagination };
    };
    const sorted = ["Echo", "alpha", "bravo", "charlie", "delta"];
    expect(await list("")).toEqual({ names: sorted, next_page_token: "", previous_page_token: "" });
    const first = await list("pagination.page_size=2&sorting.order_by=name");
    expect(first).toMatchObject({ names: sorted.slice(0, 2), previous_page_token: "" });
    const second = await list(`pagination.page_size=2&pagination.next_page_token=${first.next_page_token}`);
    expect(second.names).toEqual(sorted.slice(2, 4));
    const third = await list(`pagination.page_size=2&pagination.next_page_token=${second.next_page_token}`);
    expect(third).toMatchObject({ names: sorted.slice(4), next_page_token: "" });
    const back = await list(`pagination.page_size=2&pagination.previous_page_token=${third.previous_page_token}`);
    expect(back.names).toEqual(second.names);
    const start = await list(`pagination.page_size=2&pagination.previous_page_token=${back.previous_page_token}`);
    expect(start).toMatchObject({ names: first.names, previous_page_token: "" });
    expect((await list("sorting.order_by=created_at%20desc")).names).toEqual([...names].reverse());

    for (const query of [
      "pagination.page_size=-1",
      "pagination.page_size=many",
      "pagination.next_page_token=nonsense",
      "pagination.next_page_token=bm9uc2Vuc2U",
      `pagination.next_page_token=${first.next_page_token}&sorting.order_by=name%20desc`,
      `pagination.next_page_token=${first.next_page_token}&pagination.previous_page_token=${back.previous_page_token}`,
      "sorting.order_by=description",
      "sorting.order_by=name;drop",
      "sorting.order_by=name&sorting.order_by=name%20desc",
      "sorting.order_by=name%20up",
    ]) {
      expect(await call("GET", `${at}/buckets?${query}`, { as: tokens.admin }), query).toMatchObject({
        status: 400,
        json: { code: 3 },
      });
    }
  });
});
