import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { startMailReceiver, type MailReceiver } from "../../testing/mail-receiver.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const refusalsMax = 6;

/** What a test calls as: a bearer token, a browser's cookie, or nobody. */
type As = { readonly token: string } | { readonly cookie: string } | null;

describe.each(databasesUnderTest())("an invitation, on $name,", (kind) => {
  const clock = { now: Date.now() };
  let database: TestDatabase;
  let server: TestServer;
  let mail: MailReceiver;
  let admin: As;
  let count = 0;
  beforeAll(async () => {
    mail = await startMailReceiver({ disabledCommands: ["STARTTLS", "AUTH"] });
    database = await kind.create({ migrated: false });
    server = await startTestServer(database, {
      now: () => clock.now,
      config: {
        "smtp-url": `smtp://127.0.0.1:${mail.port}`,
        "mail-from": "Ingot <ingot@example.com>",
        "token-refusals-per-minute-max": refusalsMax,
      },
    });
    admin = { token: server.bootstrap.admin.token };
  });
  // What earlier tests got wrong is paid back by then.
  beforeEach(() => {
    clock.now += 2 * minuteMs;
    mail.received.length = 0;
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await mail.close();
  });

  const call = (method: string, path: string, as: As, body?: unknown) =>
    server.fetch(path, {
      method,
      headers: {
        ...(as === null ? {} : "token" in as ? { authorization: `Bearer ${as.token}` } : { cookie: as.cookie }),
        "sec-fetch-site": "same-origin",
        ...(body === undefined
          ? {}
          : { "content-type": path.startsWith("/api/v2") ? "application/vnd.api+json" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const open = (secret: string) => call("POST", "/api/v1/invitations/open", null, { secret });
  const join = (secret: string) => call("POST", "/api/v1/invitations/join", null, { secret });
  const accept = (as: As, secret: string) => call("POST", "/api/v1/invitations/accept", as, { secret });
  const acceptWithoutLink = (as: As, id: string) =>
    call("POST", `/api/v2/organization-memberships/${id}/actions/accept`, as);
  const newEmail = () => `p${++count}@acme.example`;
  const secretOf = (link: string) => new URL(link).hash.slice(1);
  const cookieOf = (answer: { headers: Headers }): As => ({
    cookie: (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "",
  });

  async function invite(email: string, as: As = admin, teamIds: string[] = []) {
    const answer = await call("POST", "/api/v1/members", as, { email, team_ids: teamIds });
    expect(answer.status, answer.text).toBe(201);
    return { id: answer.json.member.id as string, secret: secretOf(answer.json.link), answer };
  }

  /** The secret of the link that was mailed to this address. */
  async function mailedSecret(email: string): Promise<string> {
    await server.settle();
    const text = mail.received.find(({ to }) => to.includes(email))?.mail.text ?? "";
    return /#(ingot_inv_[\w-]+)/.exec(text)?.[1] ?? "";
  }

  /** A person of an organization of its own, with a token. */
  async function aStranger(email = newEmail()) {
    const name = `home-${++count}`;
    const body = { data: { type: "organizations", attributes: { name, email: "o@acme.example" } } };
    expect((await call("POST", "/api/v2/organizations", admin, body)).status).toBe(201);
    const { id: organizationId } = await server.db
      .selectFrom("organizations")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    const person = { kind: "user", organizationId, projectId: null, name, email, role: "admin" } as const;
    const { id } = await insertPrincipal(server.db, person, clock.now);
    const token = await createToken(
      server.db,
      { organizationId, projectId: null, principalId: id, name: "test", expiresAt: null },
      clock.now,
    );
    return { id, email, organizationId, as: { token } as As };
  }

  it("lets a person whom nobody knew join its teams, sign in and make a first token", async () => {
    const team = (await call("POST", "/api/v1/teams", admin, { name: "web" })).json;
    const email = newEmail();
    const { secret, answer } = await invite(email, admin, [team.id]);
    expect(answer.json.member).toMatchObject({ status: "invited", user: null, email, teams: [{ name: "web" }] });
    expect(answer.json.link).toBe(`${server.url}/app/invitation#${secret}`);
    expect((await open(secret)).json).toEqual({
      organization: { id: server.organizationId, name: "ingot" },
      email,
      invited_by: expect.any(String),
      expires_at: new Date(clock.now + 7 * dayMs).toISOString(),
    });
    const joined = await join(secret);
    expect(joined.status).toBe(201);
    expect(joined.headers.get("set-cookie")).toMatch(/^__Host-ingot-session=.*HttpOnly.*SameSite=Strict/i);
    expect(joined.json).toMatchObject({ user: { kind: "user", name: email }, organization: { name: "ingot" } });
    expect(joined.json.permissions).toContain("team:read");
    const browser = cookieOf(joined);
    const made = await call("POST", "/api/v1/tokens", browser, { description: "my laptop" });
    expect(made.status).toBe(201);
    const own = { token: made.json.token as string };
    expect((await call("GET", "/api/v2/organizations/ingot", own)).status).toBe(200);
    expect((await call("GET", "/api/v1/teams", own)).json.teams.map((one: any) => one.name)).toContain("web");
  });

  it("that was accepted is accepted once: opened again it says so, and two at once make one session", async () => {
    const { secret } = await invite(newEmail());
    const both = await Promise.all([join(secret), join(secret)]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
    for (const again of [await open(secret), await join(secret)]) {
      expect([again.status, again.json.error]).toEqual([409, "invitation_accepted"]);
      expect(again.headers.get("set-cookie")).toBeNull();
    }
  });

  it("is over after a week, until it is sent again", async () => {
    const { id, secret } = await invite(newEmail());
    clock.now += 7 * dayMs;
    for (const late of [await open(secret), await join(secret)]) {
      expect([late.status, late.json.error]).toEqual([409, "invitation_expired"]);
    }
    const listed = (await call("GET", `/api/v1/members?status=invited&limit=100`, admin)).json.members;
    expect(listed.find((one: any) => one.id === id).invitation.is_over).toBe(true);
    const renewed = await call("POST", `/api/v1/members/${id}/invitation`, admin);
    expect(renewed.status).toBe(201);
    expect((await open(secret)).status).toBe(404);
    expect((await join(secretOf(renewed.json.link))).status).toBe(201);
    const after = await call("POST", `/api/v1/members/${id}/invitation`, admin);
    expect([after.status, after.json.error]).toEqual([409, "invitation_accepted"]);
  });

  it("lets in again who was removed and has no token, once the browser's session is over", async () => {
    const email = newEmail();
    const first = await invite(email);
    expect((await join(first.secret)).status).toBe(201);
    expect((await call("DELETE", `/api/v1/members/${first.id}`, admin)).status).toBe(204);
    const second = await invite(email);
    expect((await join(second.secret)).json.error).toBe("invitation_needs_sign_in");
    clock.now += dayMs / 2;
    const again = await join(second.secret);
    expect(again.status).toBe(201);
    expect(again.json).toMatchObject({ user: { name: email }, organization: { name: "ingot" } });
  });

  it("that is taken back answers as one that never was", async () => {
    const { id, secret } = await invite(newEmail());
    expect((await call("DELETE", `/api/v1/members/${id}`, admin)).status).toBe(204);
    const [withdrawn, forged] = [await join(secret), await join(`${secret.slice(0, -4)}AAAA`)];
    expect(withdrawn.status).toBe(404);
    expect(withdrawn.json).toEqual(forged.json);
  });

  it("is mailed with a link of its own, once a minute at most, and nothing that is kept gives a link away", async () => {
    const email = newEmail();
    const { id, secret } = await invite(email);
    const mailed = await mailedSecret(email);
    const [message] = mail.received;
    expect(message?.mail.subject).toBe("[Ingot] Join ingot");
    expect(message?.mail.text).toContain(`${server.url}/app/invitation#${mailed}`);
    expect(mailed).not.toBe(secret);
    const soon = await call("POST", `/api/v1/members/${id}/invitation`, admin);
    expect(soon.status).toBe(429);
    const rows = [
      await server.db.selectFrom("invitations").selectAll().where("membership_id", "=", id).execute(),
      await server.db.selectFrom("jobs").selectAll().execute(),
      await server.db.selectFrom("audit_records").selectAll().execute(),
    ];
    for (const one of [secret, mailed]) expect(JSON.stringify(rows)).not.toContain(one);
    expect((await join(mailed)).status).toBe(201);
  });

  it("says what became of its mail", async () => {
    const email = `refused-${newEmail()}`;
    const { id } = await invite(email);
    await server.settle();
    const find = async () =>
      (await call("GET", `/api/v1/members?q=${email}`, admin)).json.members.find((one: any) => one.id === id);
    expect((await find()).invitation).toMatchObject({ mail_state: "queued", mail_error: expect.any(String) });
    for (let attempt = 0; attempt < 10; attempt++) {
      clock.now += minuteMs;
      await server.settle();
    }
    expect((await find()).invitation).toMatchObject({ mail_state: "failed" });
  });

  describe("of somebody who has an account", () => {
    it("never signs in whoever has the link, and is accepted by that account alone", async () => {
      const known = await aStranger();
      const unknown = await invite(newEmail());
      const { secret, answer } = await invite(known.email);
      // Whoever invites learns nothing.
      const shape = ({ json }: { json: any }) => ({ ...json.member, id: 0, email: 0 });
      expect(shape(answer)).toEqual(shape(unknown.answer));
      expect(Object.keys((await open(secret)).json)).toEqual(Object.keys((await open(unknown.secret)).json));
      const taken = await join(secret);
      expect([taken.status, taken.json.error]).toEqual([409, "invitation_needs_sign_in"]);
      expect(taken.headers.get("set-cookie")).toBeNull();
      const other = await accept(admin, secret);
      expect([other.status, other.json.error]).toEqual([403, "invitation_of_another"]);
      expect((await accept(null, secret)).status).toBe(401);
      expect((await call("GET", "/api/v2/organizations/ingot", known.as)).status).toBe(404);
      expect((await accept(known.as, secret)).status).toBe(200);
      expect((await call("GET", "/api/v2/organizations/ingot", known.as)).status).toBe(200);
    });

    it("shows a browser the new organization, from which it goes back, and to no other", async () => {
      const known = await aStranger();
      const { token } = known.as as { token: string };
      const browser = cookieOf(await call("POST", "/api/v1/session", null, { token }));
      const { secret } = await invite(known.email);
      expect((await accept(browser, secret)).status).toBe(200);
      const session = (await call("GET", "/api/v1/session", browser)).json;
      expect(session.organization.name).toBe("ingot");
      expect(session.organizations).toHaveLength(2);
      const move = (id: string, as: As = browser) =>
        call("POST", "/api/v1/session/organization", as, { organization_id: id });
      expect((await move(known.organizationId)).json.organization.id).toBe(known.organizationId);
      expect((await move((await aStranger()).organizationId)).status).toBe(404);
      expect((await move(server.organizationId, known.as)).status).toBe(422);
    });
  });

  describe("an address that only its inviter vouches for", () => {
    it("lets nobody into another organization without that organization's link", async () => {
      const email = newEmail();
      const stranger = await aStranger();
      // Whoever invites opens the link itself, and has an account of this address from then on.
      const early = cookieOf(await join((await invite(email, stranger.as)).secret));
      const { id, secret } = await invite(email);
      const refused = await acceptWithoutLink(early, id);
      expect([refused.status, refused.json.errors[0].detail]).toEqual([403, expect.stringContaining("Open the link")]);
      expect((await join(secret)).json.error).toBe("invitation_needs_sign_in");
      expect((await accept(early, secret)).status).toBe(200);
    });

    it("is trusted everywhere once the mailed link was opened, until its person changes it", async () => {
      const email = newEmail();
      await invite(email);
      const person = cookieOf(await join(await mailedSecret(email)));
      const stranger = await aStranger();
      const first = await invite(email, stranger.as);
      expect((await acceptWithoutLink(person, first.id)).status).toBe(200);
      const claimed = newEmail();
      const change = { data: { type: "users", attributes: { email: claimed } } };
      expect((await call("PATCH", "/api/v2/account/update", person, change)).status).toBe(200);
      const second = await invite(claimed, (await aStranger()).as);
      expect((await acceptWithoutLink(person, second.id)).status).toBe(403);
    });

    it("is not proved by a mail that went to another address", async () => {
      const email = newEmail();
      const stranger = await aStranger();
      const known = await aStranger(email);
      await invite(email, stranger.as);
      const mailed = await mailedSecret(email);
      const claimed = newEmail();
      const change = { data: { type: "users", attributes: { email: claimed } } };
      expect((await call("PATCH", "/api/v2/account/update", known.as, change)).status).toBe(200);
      expect((await accept(known.as, mailed)).status).toBe(200);
      const { id } = await invite(claimed);
      expect((await acceptWithoutLink(known.as, id)).status).toBe(403);
    });
  });

  it("is in the audit trail, by whom it let in", async () => {
    const email = newEmail();
    await join((await invite(email)).secret);
    const { records } = (await call("GET", "/api/v1/audit-records?limit=20", admin)).json;
    const acts = records.map((one: any) => [one.action, one.actor?.name]);
    expect(acts).toContainEqual(["invitation.join", email]);
    expect(acts).toContainEqual(["membership.create", expect.any(String)]);
  });

  it("is guessed at so often a minute from one address, and then no more", async () => {
    const { secret } = await invite(newEmail());
    for (let guess = 0; guess < refusalsMax; guess++) expect((await join(`ingot_inv_${guess}`)).status).toBe(404);
    expect((await open("ingot_inv_x")).status).toBe(429);
    expect((await call("POST", "/api/v1/session", null, { token: "ingot_x" })).status).toBe(429);
    expect((await join(secret)).status).toBe(201);
  });
});
