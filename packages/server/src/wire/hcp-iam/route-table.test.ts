import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleMay, type Permission } from "../../features/access/index.ts";
import { newUuid } from "../../platform/ids.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { createHcpIamPlane } from "./plane.ts";
import { startIam, type IamAnswer, type IamUnderTest } from "./testing/iam-under-test.ts";

const routes = createHcpIamPlane({
  db: undefined as never,
  now: Date.now,
  pageSigner: undefined as never,
  outbound: undefined as never,
  oidc: undefined as never,
  tokenLimits: undefined as never,
  servicePrincipalsMax: 1,
}).routes.map((route) => ({
  ...route,
  title: `${route.audit}${route.path.includes("/organization/:parent_id") ? " of an organization" : ""}`,
  where: /:organization_id|organization\/:parent_id/.test(route.path)
    ? ("organization" as const)
    : route.path.includes(":parent_id")
      ? ("project" as const)
      : null,
  // Workload identity belongs to the service principals of projects: those of an organization are told so.
  hasNone: /organization\/:parent_id.*workload-identity/.test(route.path),
}));
type IamRoute = (typeof routes)[number];
const placed = routes.filter(({ where, needs }) => where !== null && needs !== "public");
const writes = placed.filter(({ needs }) => !roleMay("viewer", needs as Permission));

const aws = { conditional_access: 'aws.arn matches "^arn:aws:sts"', aws_config: { account_id: "123456789012" } };

/** What the routes are sent that read a body: good ones, so that nothing but access is in the way. */
const bodies: Readonly<Record<string, (userId: string) => object>> = {
  IamService_ListUserPrincipalsForOrganizationByEmail: () => ({ email: "ann@example.com" }),
  IamService_SearchPrincipals: () => ({ filter: { search_text: "Ann" } }),
  GroupsService_CreateGroup: () => ({ name: "made" }),
  GroupsService_UpdateGroup: () => ({ group: { description: "changed" }, update_mask: "description" }),
  GroupsService_UpdateGroup2: () => ({ description: "changed otherwise" }),
  GroupsService_UpdateGroupMembers: (userId) => ({ member_principal_ids_to_add: [userId] }),
  ServicePrincipalsService_CreateServicePrincipal: () => ({ name: "made" }),
  ServicePrincipalsService_CreateWorkloadIdentityProvider: () => ({ name: "made", provider: aws }),
  ServicePrincipalsService_UpdateWorkloadIdentityProvider: () => ({ ...aws, description: "changed" }),
  ServicePrincipalsService_ExchangeToken: () => ({ jwt_token: "nonsense" }),
};

describe.each(databasesUnderTest())("the routes of who may act on $name", (kind) => {
  let iam: IamUnderTest;
  let userId: string;
  const clientIds = new Map<string, string>();
  beforeAll(async () => {
    iam = await startIam(kind);
    userId = await iam.addUser("Ann", "ann@example.com");
    // The same names exist at the other tenant and in the other project: hidden is not the same as absent by luck.
    for (const [type, id, as] of [
      ["project", iam.projectId, iam.tokens.admin],
      ["project", iam.otherProjectId, iam.tokens.elsewhere],
      ["project", iam.foreign.projectId, iam.tokens.foreign],
      ["organization", iam.organizationId, iam.tokens.admin],
      ["organization", iam.foreign.organizationId, iam.tokens.foreign],
    ] as const) {
      const own = `/2019-12-10/iam/${type}/${id}/service-principal`;
      await iam.must("POST", `${own}s`, { name: "there" }, as);
      clientIds.set(id, (await iam.must("POST", `${own}/there/keys`, undefined, as)).key.client_id);
      if (type === "organization") {
        await iam.must("POST", `/iam/2019-12-10/iam/organization/${id}/groups`, { name: "there" }, as);
      } else {
        const provider = { name: "there", provider: aws };
        await iam.must("POST", `${own}/there/workload-identity-providers`, provider, as);
      }
    }
  });
  afterAll(() => iam.close());

  function send(route: IamRoute, at: { organizationId: string; projectId: string }, as: string | null) {
    const place = route.where === "project" ? at.projectId : at.organizationId;
    const values: Record<string, string> = {
      organization_id: place,
      parent_id: place,
      name: "there",
      provider_name: "there",
      client_id: clientIds.get(place) ?? newUuid(),
      id: userId,
    };
    const path = route.path.replaceAll(/:([a-z_]+)/g, (_all, name: string) => values[name] ?? "");
    const query = route.audit === "IamService_BatchGetPrincipals" ? `?principal_ids=${userId}` : "";
    return iam.call(route.method, `${route.prefix ?? "/iam"}${path}${query}`, bodies[route.audit]?.(userId), as);
  }

  async function everything(): Promise<unknown> {
    const { db } = iam.server;
    return Promise.all(
      (
        [
          "principals",
          "service_principal_keys",
          "workload_identity_providers",
          "groups",
          "group_members",
          "tokens",
        ] as const
      ).map(async (table) => {
        const rows: unknown[] = await db.selectFrom(table).selectAll().execute();
        return rows.map((row) => JSON.stringify(row)).sort();
      }),
    );
  }

  /** The answers to requests that must have left everything as it was. */
  async function refused(requests: readonly (() => Promise<IamAnswer>)[]): Promise<IamAnswer[]> {
    const before = await everything();
    const answers = [];
    for (const request of requests) answers.push(await request());
    expect(await everything()).toEqual(before);
    return answers;
  }

  it("are those of four services, each under its own name", () => {
    expect(new Set(routes.map((route) => route.title)).size).toBe(routes.length);
    expect(routes.filter(({ needs }) => needs === "public").map(({ audit }) => audit)).toEqual([
      "ServicePrincipalsService_ExchangeToken",
      "ServicePrincipalsService_ExchangeToken",
    ]);
    expect(routes.filter(({ where }) => where === null).map(({ audit }) => audit)).toEqual([
      "IamService_GetCallerIdentity",
    ]);
  });

  it.each(routes)("answer $title without a credential with 401 and code 16", async (route) => {
    for (const answer of await refused([null, "ingot_wrong"].map((as) => () => send(route, iam, as)))) {
      expect(answer).toMatchObject({ status: 401, json: { code: 16, details: [] } });
    }
  });

  it.each(placed)("hide from $title what is another's as if it were missing", async (route) => {
    const { admin, foreign, elsewhere } = iam.tokens;
    const missing = { organizationId: newUuid(), projectId: newUuid() };
    const answers = await refused([
      () => send(route, missing, admin),
      () => send(route, iam.foreign, admin),
      () => send(route, iam, foreign),
      ...(route.where === "project" ? [() => send(route, iam, elsewhere)] : []),
    ]);
    const words = (answer: IamAnswer) => answer.json.message.replaceAll(/[0-9a-f-]{36}/g, "<id>");
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, json: { code: 5, details: [] } });
      expect(words(answer)).toBe(words(answers[0] as IamAnswer));
    }
  });

  it.each(writes)("refuse $title to whoever may not with 403 and code 7", async (route) => {
    const { viewer, contributor, elsewhere } = iam.tokens;
    const callers = [viewer, contributor, ...(route.where === "organization" ? [elsewhere] : [])];
    for (const answer of await refused(callers.map((as) => () => send(route, iam, as)))) {
      expect(answer).toMatchObject({ status: 403, json: { code: 7, details: [] } });
    }
  });

  // Last, since it deletes what there is; what lies deeper goes first.
  it("serve the administrator what the others are refused", async () => {
    const served = placed.filter(({ hasNone }) => !hasNone);
    const rank = (route: IamRoute) => (route.method === "DELETE" ? 1000 - route.path.length : 0);
    for (const route of served.toSorted((a, b) => rank(a) - rank(b))) {
      const before = await everything();
      const answer = await send(route, iam, iam.tokens.admin);
      expect({ title: route.title, status: answer.status }).toEqual({ title: route.title, status: 200 });
      if (writes.includes(route)) expect(await everything(), route.title).not.toEqual(before);
    }
  });
});
