import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("the pages of a list on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    for (const bucket of ["many", "other"]) {
      for (const fingerprint of ["b", "d", "a", "e", "c"]) {
        await registry.publish(bucket, fingerprint, [{ component: "z" }, { component: "x" }, { component: "y" }]);
        // Two at each moment: what is alike in one field is told apart by the next one, and at last by its id.
        if (fingerprint === "d" || fingerprint === "e") registry.clock.now += 1000;
      }
    }
  });
  afterAll(() => registry.close());

  const versions = async (query: string, bucket = "many") => {
    const answer = await registry.expect("GET", `/buckets/${bucket}/versions?${query}`);
    return {
      names: answer.versions.map((v: any) => v.fingerprint).join(""),
      next: answer.pagination.next_page_token as string,
      previous: answer.pagination.previous_page_token as string,
    };
  };
  const refusal = (path: string) => registry.call("GET", path);

  it.each([
    ["", "ceadb"],
    ["sorting.order_by=fingerprint", "abcde"],
    ["sorting.order_by=fingerprint%20desc", "edcba"],
    ["sorting.order_by=created_at&sorting.order_by=fingerprint", "bdaec"],
    ["sorting.order_by=created_at%20desc&sorting.order_by=fingerprint", "caebd"],
    ["sorting.order_by=created_at,fingerprint%20DESC", "dbeac"],
    ["sorting.order_by=created_at%20desc,fingerprint%20desc", "ceadb"],
  ])("sorted by %j are %s, page by page there and back", async (sorting, all) => {
    expect((await versions(sorting)).names).toBe(all);
    let page = await versions(`${sorting}&pagination.page_size=2`);
    expect(page.previous).toBe("");
    let seen = page.names;
    while (page.next !== "") {
      page = await versions(`${sorting}&pagination.page_size=2&pagination.next_page_token=${page.next}`);
      seen += page.names;
    }
    expect(seen).toBe(all);
    seen = page.names;
    while (page.previous !== "") {
      page = await versions(`${sorting}&pagination.page_size=2&pagination.previous_page_token=${page.previous}`);
      seen = page.names + seen;
    }
    expect(seen).toBe(all);
  });

  it("of builds hold their artifacts, and are one page unless a size is asked for", async () => {
    const path = "/buckets/many/versions/a/builds";
    const all = await registry.expect("GET", path);
    expect(all.builds.map((b: any) => b.component_type)).toEqual(["z", "x", "y"]);
    expect(all.pagination).toEqual({ next_page_token: "", previous_page_token: "" });
    const sorted = `${path}?sorting.order_by=component_type&pagination.page_size=2`;
    const first = await registry.expect("GET", sorted);
    const second = await registry.expect(
      "GET",
      `${sorted}&pagination.next_page_token=${first.pagination.next_page_token}`,
    );
    expect([...first.builds, ...second.builds].map((b: any) => b.component_type)).toEqual(["x", "y", "z"]);
    expect(second.builds[0].artifacts).toEqual(all.builds[0].artifacts);
    expect(second.builds[0].artifacts).toHaveLength(1);
    const before = `${sorted}&pagination.previous_page_token=${second.pagination.previous_page_token}`;
    expect((await registry.expect("GET", before)).builds).toEqual(first.builds);
  });

  it("of a channel's history go there and back", async () => {
    const path = "/buckets/many/channels/latest/history?pagination.page_size=2";
    const names = (answer: any) => answer.history.map((h: any) => h.version.fingerprint).join("");
    const first = await registry.expect("GET", path);
    const second = await registry.expect(
      "GET",
      `${path}&pagination.next_page_token=${first.pagination.next_page_token}`,
    );
    expect([first, second].map(names)).toEqual(["ce", "ad"]);
    expect(second.count).toBe(5);
    const back = `${path}&pagination.previous_page_token=${second.pagination.previous_page_token}`;
    expect((await registry.expect("GET", back)).history).toEqual(first.history);
  });

  it("go on when rows come and go between them", async () => {
    await registry.publish("moving", "one");
    await registry.publish("moving", "two");
    await registry.publish("moving", "three");
    const sorted = "sorting.order_by=created_at&pagination.page_size=1";
    const first = await versions(sorted, "moving");
    await registry.expect("DELETE", "/buckets/moving/versions/one");
    const second = await versions(`${sorted}&pagination.next_page_token=${first.next}`, "moving");
    expect([first.names, second.names]).toEqual(["one", "two"]);
  });

  it("are found by a token whatever size is asked for", async () => {
    const first = await versions("pagination.page_size=2");
    expect((await versions(`pagination.page_size=3&pagination.next_page_token=${first.next}`)).names).toBe("adb");
    expect((await versions(`pagination.next_page_token=${first.next}&location.region.region=eu`)).names).toBe("adb");
  });

  it("cannot be reached by a token of another list, order, filter, bucket or project, or by one that was changed", async () => {
    const { next } = await versions("pagination.page_size=2");
    const token = `pagination.next_page_token=${next}`;
    const published = await registry.publish("parent", "one");
    for (const child of ["one", "two"])
      await registry.publish(`child-${child}`, "one", [{ parent_version_id: published.id }]);
    const relations = await registry.expect(
      "GET",
      "/buckets/parent/ancestry?type=ANCESTRY_TYPE_CHILDREN&pagination.page_size=1",
    );
    const related = `pagination.next_page_token=${relations.pagination.next_page_token}`;
    await registry.expect("PUT", `${registry.otherProject}/buckets`, {
      as: registry.tokens.admin,
      body: { name: "many" },
    });
    for (const [as, path] of [
      [registry.tokens.contributor, `/buckets/other/versions?${token}`],
      [registry.tokens.contributor, `/buckets/many/versions?sorting.order_by=fingerprint&${token}`],
      [registry.tokens.contributor, `/buckets/many/versions?sorting.order_by=created_at&${token}`],
      [registry.tokens.contributor, `/buckets?${token}`],
      [registry.tokens.contributor, `/buckets/many/versions/a/builds?${token}`],
      [registry.tokens.contributor, `/buckets/many/channels/latest/history?${token}`],
      [registry.tokens.contributor, `/buckets/many/versions?pagination.next_page_token=${next.slice(0, -3)}AAA`],
      [registry.tokens.contributor, `/buckets/parent/ancestry?${related}`],
      [registry.tokens.contributor, `/buckets/parent/ancestry?type=ANCESTRY_TYPE_PARENTS&${related}`],
      [
        registry.tokens.contributor,
        `/buckets/parent/ancestry?type=ANCESTRY_TYPE_CHILDREN&version_fingerprint=one&${related}`,
      ],
      [registry.tokens.admin, `${registry.otherProject}/buckets/many/versions?${token}`],
    ] as const) {
      const answer = await registry.call("GET", path, { as });
      expect({ path, status: answer.status, code: answer.json.code }).toEqual({ path, status: 400, code: 3 });
    }
    expect((await refusal(`/buckets/parent/ancestry?type=ANCESTRY_TYPE_CHILDREN&${related}`)).status).toBe(200);
  });
});
