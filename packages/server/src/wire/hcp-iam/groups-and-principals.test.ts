import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken, grantRole } from "../../features/access/index.ts";
import { newUuid } from "../../platform/ids.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startIam, type IamUnderTest } from "./testing/iam-under-test.ts";

describe.each(databasesUnderTest())("groups and principals on $name", (kind) => {
  let iam: IamUnderTest;
  let users: string[];
  beforeAll(async () => {
    iam = await startIam(kind);
    users = [];
    for (const name of ["Zoe", "Ann", "Max"]) users.push(await iam.addUser(name, `${name.toLowerCase()}@example.com`));
  });
  afterAll(() => iam.close());

  const collection = (organizationId = iam.organizationId) =>
    `/iam/2019-12-10/iam/organization%2F${organizationId}/groups`;
  const at = (group: { resource_name: string }, below = "") =>
    `/iam/2019-12-10/${encodeURIComponent(group.resource_name)}${below}`;
  const principals = (below: string) => `/iam/2019-12-10/organizations/${iam.organizationId}${below}`;

  async function aGroup(name: string, content: object = {}): Promise<any> {
    return (await iam.must("POST", collection(), { name, member_principal_ids: null, ...content })).group;
  }

  const membersOf = async (group: any) => (await iam.must("GET", at(group, "/members"))).members;

  it("the last administrator of an organization is taken away by no deletion and no leaving of a group", async () => {
    const own = await startIam(kind);
    try {
      const { organizationId, server, clock } = own;
      await server.db.deleteFrom("team_members").execute();
      const policyPath = `/resource-manager/2019-12-10/organizations/${organizationId}/iam-policy`;
      const onlyAdministrator = async (member_type: string, member_id: string) => {
        const { etag } = (await own.must("GET", policyPath)).policy;
        const bindings = [{ role_id: "roles/admin", members: [{ member_type, member_id }] }];
        await own.must("PUT", policyPath, { policy: { bindings, etag } });
      };
      const { principal } = await own.must("GET", "/iam/2019-12-10/caller-identity");
      const groups = `/iam/2019-12-10/iam/organization%2F${organizationId}/groups`;
      const content = { name: "Admins", member_principal_ids: [principal.id] };
      const { group } = await own.must("POST", groups, content);
      await onlyAdministrator("GROUP", group.resource_id);
      for (const refusal of [
        await own.call("PUT", at(group, "/members"), { member_principal_ids_to_remove: [principal.id] }),
        await own.call("DELETE", at(group)),
      ]) {
        expect(refusal).toMatchObject({
          status: 400,
          json: { code: 9, message: expect.stringContaining("Nobody would administer") },
        });
      }
      const programs = `/2019-12-10/iam/organization/${organizationId}/service-principals`;
      const { id, resource_name } = (await own.must("POST", programs, { name: "robot" })).service_principal;
      const token = { organizationId, projectId: null, principalId: id, name: "test", expiresAt: null };
      const robot = await createToken(server.db, token, clock.now);
      await onlyAdministrator("SERVICE_PRINCIPAL", id);
      expect(await own.call("DELETE", `/2019-12-10/${resource_name}`, undefined, robot)).toMatchObject({
        status: 400,
        json: { code: 9 },
      });
      await own.must("DELETE", at(group), undefined, robot);
    } finally {
      await own.close();
    }
  });

  describe("a group", () => {
    it("is changed by its manager, who can do so to no other one and cannot delete it", async () => {
      const [own, other] = [await aGroup("Managed"), await aGroup("Unmanaged")];
      const { organizationId, server, clock } = iam;
      const program = `/2019-12-10/iam/organization/${organizationId}/service-principals`;
      const manager = (await iam.must("POST", program, { name: "manager" })).service_principal.id;
      await grantRole(server.db, { kind: "group", organizationId, groupId: own.resource_id }, "group-manager", {
        principalId: manager,
      });
      const owned = { organizationId, principalId: manager, name: "test", expiresAt: null };
      const token = await createToken(server.db, { ...owned, projectId: null }, clock.now);
      const members = { member_principal_ids_to_add: [users[1]] };
      await iam.must("PUT", at(own, "/members"), members, token);
      const shown = await iam.must("GET", at(own, "/members"), undefined, token);
      expect(shown.members.map((one: any) => one.id)).toEqual([users[1]]);
      await iam.must("PATCH", at(own), { description: "mine" }, token);
      await iam.must("PUT", at(own), { group: { description: "mine still" } }, token);
      const confined = await createToken(server.db, { ...owned, projectId: iam.projectId }, clock.now);
      for (const refusal of [
        await iam.call("PUT", at(other, "/members"), members, token),
        await iam.call("PATCH", at(other), { description: "mine" }, token),
        await iam.call("DELETE", at(own), undefined, token),
        await iam.call("POST", collection(), { name: "More" }, token),
        await iam.call("PUT", at(own, "/members"), members, confined),
      ]) {
        expect(refusal).toMatchObject({ status: 403, json: { code: 7 } });
      }
      expect(await membersOf(other)).toEqual([]);
      expect((await iam.must("GET", at(own))).group.description).toBe("mine still");
    });

    it("keeps its resource name when it is renamed, and is gone under it when it is deleted", async () => {
      const made = await iam.call("POST", collection(), {
        name: "Web Team",
        description: "d",
        member_principal_ids: null,
      });
      expect(made).toMatchObject({
        status: 200,
        json: {
          operation_id: "",
          group: {
            resource_id: expect.stringMatching(/^iam\.group:/),
            resource_name: `iam/organization/${iam.organizationId}/group/Web-Team`,
            display_name: "Web Team",
            description: "d",
            member_count: 0,
            scim_synchronized: false,
          },
        },
      });
      const { group } = made.json;
      expect(
        (await iam.call("PATCH", `${at(group)}?update_mask=display_name,description`, { display_name: "Ops" })).json,
      ).toEqual({
        operation_id: "",
      });
      expect((await iam.must("GET", at(group))).group).toMatchObject({
        resource_id: group.resource_id,
        resource_name: group.resource_name,
        display_name: "Ops",
        description: "",
      });
      await iam.must("PUT", at(group), { group: { description: "again" }, update_mask: "description" });
      expect((await iam.must("GET", at(group))).group).toMatchObject({ display_name: "Ops", description: "again" });
      // Its first name is free again, and makes another resource name.
      const second = await aGroup("Web Team");
      expect(second.resource_name).not.toBe(group.resource_name);
      for (const one of [group, second]) {
        expect((await iam.call("DELETE", at(one))).json).toEqual({ operation_id: "" });
        expect(await iam.call("GET", at(one))).toMatchObject({ status: 404, json: { code: 5 } });
      }
    });

    it("has a name of its own, also when several ask for it at the same moment", async () => {
      const answers = await Promise.all([1, 2, 3].map(() => iam.call("POST", collection(), { name: "racing" })));
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
      const other = await aGroup("other");
      expect(await iam.call("PATCH", at(other), { display_name: "racing" })).toMatchObject({
        status: 409,
        json: { code: 6 },
      });
      for (const body of [{ name: "" }, { name: "x".repeat(51) }, { name: "ok", description: "x".repeat(301) }]) {
        expect(await iam.call("POST", collection(), body)).toMatchObject({ status: 400, json: { code: 3 } });
      }
      expect((await iam.call("PATCH", `${at(other)}?update_mask=member_count`, {})).json.code).toBe(3);
    });

    it("holds users in the order in which they joined, and nobody else", async () => {
      const group = await aGroup("ordered", { member_principal_ids: [users[0]] });
      expect(group.member_count).toBe(1);
      const change = (add: unknown, remove: unknown) =>
        iam.call("PUT", at(group, "/members"), {
          member_principal_ids_to_add: add,
          member_principal_ids_to_remove: remove,
        });
      expect((await change([users[2], users[0], users[1]], null)).json).toEqual({ operation_id: "" });
      expect((await membersOf(group)).map((m: any) => m.id)).toEqual([users[0], users[2], users[1]]);
      expect((await membersOf(group))[1]).toEqual({
        id: users[2],
        name: "Max",
        email: "max@example.com",
        principal_type: "GROUP_MEMBER_PRINCIPAL_TYPE_USER",
      });
      expect((await change(null, [users[0], newUuid()])).status).toBe(200);
      expect((await change([users[0]], null)).status).toBe(200);
      expect((await membersOf(group)).map((m: any) => m.id)).toEqual([users[2], users[1], users[0]]);
      const { service_principal: program } = await iam.must(
        "POST",
        `/2019-12-10/iam/project/${iam.projectId}/service-principals`,
        { name: "no-member" },
      );
      for (const stranger of [program.id, newUuid(), group.resource_id]) {
        expect(await change([users[1], stranger], null)).toMatchObject({ status: 400, json: { code: 3 } });
      }
      expect((await iam.must("GET", at(group))).group.member_count).toBe(3);
    });

    it("gives its members its roles while they are in it", async () => {
      const group = await aGroup("powerful", { member_principal_ids: [users[0]] });
      const { organizationId } = iam;
      await grantRole(iam.server.db, { kind: "organization", organizationId }, "admin", { groupId: group.resource_id });
      const token = await createToken(
        iam.server.db,
        { organizationId, projectId: null, principalId: users[0] as string, name: "test", expiresAt: null },
        iam.clock.now,
      );
      const read = () => iam.call("GET", "/resource-manager/2019-12-10/projects", undefined, token);
      expect((await read()).status).toBe(200);
      await iam.must("PUT", at(group, "/members"), { member_principal_ids_to_remove: [users[0]] });
      expect((await read()).status).toBe(403);
      await iam.must("PUT", at(group, "/members"), { member_principal_ids_to_add: [users[0]] });
      expect((await read()).status).toBe(200);
      await iam.must("DELETE", at(group));
      expect((await read()).status).toBe(403);
    });

    it("is listed by name, by member and by id, a page at a time", async () => {
      const made = [];
      for (const name of ["list c", "list a", "list b"])
        made.push(await aGroup(name, { member_principal_ids: [users[1]] }));
      const ids = made.map((group) => `filter.group_resource_ids=${encodeURIComponent(group.resource_id)}`).join("&");
      const first = await iam.must("GET", `${collection()}?${ids}&pagination.page_size=2`);
      expect(first.groups.map((g: any) => g.display_name)).toEqual(["list a", "list b"]);
      const token = first.pagination.next_page_token;
      const rest = await iam.must(
        "GET",
        `${collection()}?${ids}&pagination.page_size=2&pagination.next_page_token=${token}`,
      );
      expect(rest.groups.map((g: any) => g.display_name)).toEqual(["list c"]);
      const mine = (await iam.must("GET", `${collection()}?filter.member_principal_id=${users[1]}`)).groups;
      expect(mine.map((g: any) => g.display_name)).toEqual(expect.arrayContaining(["list a", "list b", "list c"]));
      expect((await iam.must("GET", `${collection()}?filter.member_principal_id=${newUuid()}`)).groups).toEqual([]);
    });

    it("is read by every member of the organization, changed by administrators, and unknown to others", async () => {
      const group = await aGroup("guarded");
      for (const as of [iam.tokens.viewer, iam.tokens.elsewhere]) {
        expect((await iam.call("GET", at(group), undefined, as)).status).toBe(200);
        expect((await iam.call("GET", at(group, "/members"), undefined, as)).status).toBe(200);
        for (const [method, below, body] of [
          ["PATCH", "", { display_name: "mine" }],
          ["PUT", "/members", { member_principal_ids_to_add: [users[0]] }],
          ["DELETE", "", undefined],
        ] as const) {
          expect(await iam.call(method, at(group, below), body, as)).toMatchObject({ status: 403, json: { code: 7 } });
        }
      }
      for (const method of ["GET", "DELETE"]) {
        expect((await iam.call(method, at(group), undefined, iam.tokens.foreign)).status).toBe(404);
      }
      expect((await iam.call("POST", collection(iam.foreign.organizationId), { name: "smuggled" })).status).toBe(404);
      expect((await iam.must("GET", at(group))).group).toEqual(group);
    });
  });

  describe("principals", () => {
    it("are looked up together, with their type, in the order of the ids", async () => {
      const group = await aGroup("lookup", { member_principal_ids: [users[1]] });
      const { service_principal: program } = await iam.must(
        "POST",
        `/2019-12-10/iam/project/${iam.projectId}/service-principals`,
        { name: "lookup" },
      );
      const ids = [group.resource_id, users[1], program.id];
      const query = ids.map((id) => `principal_ids=${encodeURIComponent(id)}`).join("&");
      const { principals: found } = await iam.must("GET", principals(`/principals?${query}&view=PRINCIPAL_VIEW_BASIC`));
      expect(found).toMatchObject([
        { id: group.resource_id, type: "PRINCIPAL_TYPE_GROUP", group: { display_name: "lookup" } },
        { id: users[1], type: "PRINCIPAL_TYPE_USER", user: { email: "ann@example.com", full_name: "Ann" } },
        { id: program.id, type: "PRINCIPAL_TYPE_SERVICE", service: program },
      ]);
      expect(found[1].group_ids).toContain(group.resource_id);
      // An administrator of one project names principals in its policy.
      expect((await iam.call("GET", principals(`/principals?${query}`), undefined, iam.tokens.elsewhere)).status).toBe(
        200,
      );
    });

    it("are refused as a whole when one is unknown, or another tenant's", async () => {
      const foreign = await iam.server.db
        .selectFrom("principals")
        .select("id")
        .where("organization_id", "=", iam.foreign.organizationId)
        .executeTakeFirstOrThrow();
      for (const id of [newUuid(), foreign.id, "iam.group:none", ""]) {
        const answer = await iam.call("GET", principals(`/principals?principal_ids=${users[0]}&principal_ids=${id}`));
        expect(answer).toMatchObject({ status: 404, json: { code: 5 } });
      }
      expect(await iam.call("GET", principals("/principals"))).toMatchObject({ status: 400, json: { code: 3 } });
      expect(
        (await iam.call("GET", principals(`/principals?principal_ids=${users[0]}`), undefined, iam.tokens.foreign))
          .status,
      ).toBe(404);
    });

    it("are looked up a thousand at a time and no more", async () => {
      const made = Array.from({ length: 1000 }, (_, n) => ({
        id: newUuid(),
        kind: "user",
        organization_id: iam.organizationId,
        project_id: null,
        name: `crowd-${n}`,
        email: null,
        created_at: iam.clock.now,
      }));
      await iam.server.db.insertInto("principals").values(made).execute();
      const memberships = made.map(({ id, organization_id, created_at }) => ({
        id: `ou-${id}`,
        organization_id,
        principal_id: id,
        status: "active",
        email: "",
        created_at,
      }));
      await iam.server.db.insertInto("organization_memberships").values(memberships).execute();
      const query = made.map(({ id }) => `principal_ids=${id}`).join("&");
      const { principals: found } = await iam.must("GET", principals(`/principals?${query}`));
      expect(found.map((one: any) => one.id)).toEqual(made.map(({ id }) => id));
      expect((await iam.call("GET", principals(`/principals?${query}&principal_ids=x`))).json.code).toBe(3);
      await iam.server.db.deleteFrom("principals").where("name", "like", "crowd-%").execute();
    });

    it("are found by a part of their name or address, of the types and outside of the groups that are asked for", async () => {
      const group = await aGroup("Zoo keepers", { member_principal_ids: [users[0]] });
      const search = async (filter: object | null, pagination: object | null = null) =>
        iam.must("POST", principals("/principals/search"), { filter, pagination });
      const hits = async (filter: object) => (await search(filter)).principals.map((p: any) => p.id);
      expect(await hits({ search_text: "ZO" })).toEqual([users[0], group.resource_id]);
      expect(await hits({ search_text: "zo", principal_types: ["PRINCIPAL_TYPE_USER"] })).toEqual([users[0]]);
      expect(await hits({ search_text: "zo", exclude_members_of_group_names: [group.resource_name] })).toEqual([
        group.resource_id,
      ]);
      expect(await hits({ search_text: "ann@" })).toEqual([users[1]]);
      expect(await hits({ search_text: "%" })).toEqual([]);
      const first = await search({ principal_types: ["PRINCIPAL_TYPE_USER"] }, { page_size: 2 });
      const second = await search(
        { principal_types: ["PRINCIPAL_TYPE_USER"] },
        { page_size: 2, next_page_token: first.pagination.next_page_token },
      );
      // The three, and the administrator that every server begins with.
      expect([...first.principals, ...second.principals].map((p: any) => p.user.full_name)).toEqual([
        "Ann",
        "Max",
        "Zoe",
        "admin",
      ]);
      expect(
        (await iam.call("POST", principals("/principals/search"), { filter: { principal_types: ["X"] } })).json.code,
      ).toBe(3);
    });

    it("that are users are found by their id and by exactly their address", async () => {
      expect((await iam.must("GET", principals(`/user-principals/${users[0]}`))).user_principal).toMatchObject({
        id: users[0],
        email: "zoe@example.com",
        identity_types: ["EMAIL_PASSWORD"],
      });
      const byEmail = (email: string) => iam.call("POST", principals("/user-principals/by-email"), { email });
      for (const email of ["zoe@example.com", "Zoe@Example.com"]) {
        expect((await byEmail(email)).json.user_principals.map((u: any) => u.id)).toEqual([users[0]]);
      }
      for (const email of ["oe@example.com", "zoe@example.co"])
        expect((await byEmail(email)).json.user_principals).toEqual([]);
      expect(await byEmail("nonsense")).toMatchObject({ status: 400, json: { code: 3 } });
      for (const id of [newUuid(), users[0]?.slice(1)]) {
        expect(await iam.call("GET", principals(`/user-principals/${id}`))).toMatchObject({
          status: 404,
          json: { code: 5 },
        });
      }
    });

    it("know themselves, runs too", async () => {
      const identity = (as: string) => iam.must("GET", "/iam/2019-12-10/caller-identity", undefined, as);
      expect((await identity(iam.tokens.admin)).principal).toMatchObject({
        type: "PRINCIPAL_TYPE_USER",
        user: { full_name: "admin" },
      });
      expect((await identity(iam.tokens.viewer)).principal).toMatchObject({
        type: "PRINCIPAL_TYPE_SERVICE",
        service: { name: "test-viewer-all", organization_id: iam.organizationId },
      });
      const run = {
        organizationId: iam.organizationId,
        projectId: iam.projectId,
        principalId: null,
        workspaceId: "ws-1",
        runId: "run-1",
      };
      const token = await createToken(iam.server.db, { ...run, name: "run", expiresAt: null }, iam.clock.now);
      expect((await identity(token)).principal).toMatchObject({ id: "run-1", type: "PRINCIPAL_TYPE_SERVICE" });
      expect((await iam.call("GET", principals(`/user-principals/${users[0]}`), undefined, token)).status).toBe(403);
    });
  });
});
