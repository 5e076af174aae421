import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleMay, type Permission } from "../../features/access/index.ts";
import { newUuid } from "../../platform/ids.ts";
import { createPageSigner } from "../../platform/page-signer.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { createHcpPackerPlane } from "./plane.ts";
import { bodies } from "./testing/operation-bodies.ts";
import { startRegistry, type Answer, type RegistryUnderTest } from "./testing/registry-under-test.ts";

const routes = createHcpPackerPlane({
  db: undefined as never,
  now: Date.now,
  pageSigner: createPageSigner(new Uint8Array(32)),
  blobs: undefined as never,
  signer: undefined as never,
  publicUrl: () => "",
  wakeJobs: () => {},
  sealer: undefined as never,
  openLatestChannel: () => Promise.resolve(),
  readHcl: () => Promise.resolve({}),
}).routes.map((route) => ({
  ...route,
  needs: route.needs as Permission,
  below: route.path.replace(/^.*:project_id/, ""),
  api: route.path.split("/")[1] ?? "",
}));

function token(content: unknown[]): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

describe.each(databasesUnderTest())("the routes of the registry on $name", (kind) => {
  let registry: RegistryUnderTest;
  let buildId: string;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    await registry.publish("there", "fp");
    await registry.expect("POST", "/buckets/there/channels", { body: { name: "one", version_fingerprint: "fp" } });
    buildId = (await registry.expect("GET", "/buckets/there/versions/fp/builds")).builds[0].id;
    // The same names exist at the other tenant and in the other project: hidden is not the same as absent by luck.
    for (const [project, as] of [
      [registry.foreignProject, registry.tokens.foreign],
      [registry.otherProject, registry.tokens.elsewhere],
    ] as const) {
      await registry.expect("PUT", `${project}/buckets`, { as, body: { name: "there" } });
      await registry.expect("POST", `${project}/buckets/there/versions`, { as, body: { fingerprint: "fp" } });
      await registry.expect("POST", `${project}/buckets/there/channels`, { as, body: { name: "one" } });
    }
  });
  afterAll(() => registry.close());

  function send(route: (typeof routes)[number], project: string, as: string | null): Promise<Answer> {
    const path = route.below
      .replace(":bucket_name", "there")
      .replace(":fingerprint", "fp")
      .replace(":build_id", buildId)
      .replace(":channel_name", "one")
      .replace(":task_type", "validation")
      .replace(/:[a-z_]+/g, "01HZZZZZZZZZZZZZZZZZZZZZZZ");
    const hasBody = route.method !== "GET" && route.method !== "DELETE";
    const body = bodies[route.audit] ?? (hasBody ? {} : undefined);
    return registry.call(route.method, project.replace("2023-01-01", route.api) + path, {
      as,
      ...(body === undefined ? {} : { body }),
    });
  }

  it("has a row for each of the 52 operations, each under its own name, and one of an older API", () => {
    expect(routes.filter((route) => route.api === "2023-01-01")).toHaveLength(52);
    expect(new Set(routes.map((route) => route.audit)).size).toBe(53);
  });

  it.each(routes)("answers $audit without a credential with 401 and code 16", async (route) => {
    for (const as of [null, "ingot_wrong"]) {
      const answer = await send(route, registry.project, as);
      expect(answer).toMatchObject({ status: 401, json: { code: 16, details: [] } });
      expect(answer.json.message).not.toBe("");
    }
  });

  it.each(routes)(
    "hides another tenant's project and another project from $audit as if they were missing",
    async (route) => {
      const missing = registry.project.replace(/projects\/.*$/, `projects/${newUuid()}`);
      const expected =
        route.audit === "GetVersion" || route.audit === "UpdateVersion"
          ? { status: 409, code: 10 }
          : { status: 404, code: 5 };
      const words = (answer: Answer) => answer.json.message.replaceAll(/[0-9a-f-]{36}/g, "<id>");
      const hidden = [
        await send(route, missing, registry.tokens.admin),
        await send(route, registry.foreignProject, registry.tokens.admin),
        // The organization of the caller with the project of another tenant.
        await send(
          route,
          registry.project.replace(/projects\/.*$/, registry.foreignProject.replace(/^.*projects/, "projects")),
          registry.tokens.admin,
        ),
        await send(route, registry.project, registry.tokens.foreign),
        ...(roleMay("contributor", route.needs)
          ? [await send(route, registry.project, registry.tokens.elsewhere)]
          : []),
      ];
      for (const answer of hidden) {
        expect({ status: answer.status, code: answer.json.code }).toEqual(expected);
        expect(words(answer)).toBe(words(hidden[0] as Answer));
      }
    },
  );

  it.each(routes.filter((route) => !roleMay("viewer", route.needs)))(
    "refuses $audit to a viewer with 403 and code 7, and changes nothing",
    async (route) => {
      const before = await registry.expect("GET", "/buckets/there");
      expect(await send(route, registry.project, registry.tokens.viewer)).toMatchObject({
        status: 403,
        json: { code: 7, details: [] },
      });
      expect(await registry.expect("GET", "/buckets/there")).toEqual(before);
    },
  );

  it.each(routes.filter((route) => bodies[route.audit] !== undefined))(
    "refuses bodies that $audit cannot read in the shape of the plane",
    async (route) => {
      const path =
        registry.project.replace("2023-01-01", route.api) +
        route.below
          .replace(":bucket_name", "there")
          .replace(":fingerprint", "fp")
          .replace(":build_id", buildId)
          .replace(":channel_name", "one");
      const headers = { authorization: `Bearer ${registry.tokens.admin}`, "content-type": "application/json" };
      const cases = [
        { body: '{"name":', status: 400 },
        { body: "", status: 400 },
        { body: "[]", status: 400 },
        { body: '"text"', status: 400 },
        { body: JSON.stringify({ ...(bodies[route.audit] as object), name: "a\u0000b" }), status: 400 },
        { body: JSON.stringify({ filler: "x".repeat(route.bodyBytesMax ?? 1 << 20) }), status: 413 },
        { body: "name=x", status: 415, headers: { ...headers, "content-type": "application/x-www-form-urlencoded" } },
        { body: "name: x", status: 415, headers: { ...headers, "content-type": "application/yaml" } },
      ];
      for (const { body, status, headers: special } of cases) {
        const answer = await registry.server.fetch(path, { method: route.method, body, headers: special ?? headers });
        expect({ body: body.slice(0, 40), status: answer.status }).toEqual({ body: body.slice(0, 40), status });
        expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
        expect(answer.json).toMatchObject({ code: 3, details: [] });
      }
    },
  );

  it.each([
    ["a NUL in a path", "/buckets/a%00b", 400],
    ["a NUL in a query", "/buckets/there/ancestry?channel_name=a%00", 400],
    ["a broken percent-encoding", "/buckets/%zz", 400],
    ["an endless name", `/buckets/${"x".repeat(3000)}`, 400],
    ["a parameter twice", "/buckets/there/ancestry?channel_name=a&channel_name=b", 400],
    ["a token that nobody signed", `/buckets?pagination.next_page_token=${token(["a", "x"])}`, 400],
    ["a token twice", "/buckets?pagination.next_page_token=a&pagination.next_page_token=b", 400],
    ["a size twice", "/buckets?pagination.page_size=1&pagination.page_size=2", 400],
    ["an empty name", "/buckets//versions", 404],
  ])("answer %s in the shape of the plane", async (_what, path, status) => {
    const answer = await registry.call("GET", path);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code: status === 404 ? 5 : 3, details: [] });
  });

  it.each(["/packer", "/packer/2021-04-30/organizations/x", "/packer/2023-01-01/nonsense"])(
    "answers %s, which it does not serve, with 501 and code 12",
    async (path) => {
      expect(await registry.call("GET", path)).toMatchObject({ status: 501, json: { code: 12, details: [] } });
    },
  );
});
