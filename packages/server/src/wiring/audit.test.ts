import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTrailVerifier } from "../features/audit/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

const webhookToken = "a token that signs";

describe.each(databasesUnderTest())("the audit trail of a server on $name", (kind) => {
  let database: TestDatabase;
  let directory: string;
  let receiver: WebhookReceiver;
  let server: TestServer;
  let tfe: TfeFixture;
  const clock = { now: Date.now() };
  const file = () => join(directory, "audit.jsonl");
  const start = () =>
    startTestServer(database, {
      now: () => clock.now,
      config: {
        // A restart finds another data directory.
        "master-key": Buffer.alloc(32, 7).toString("base64"),
        "bootstrap-file": join(directory, "bootstrap.json"),
        "audit-file": file(),
        "audit-webhook-url": receiver.url,
        "audit-webhook-token": webhookToken,
        "outbound-allow": ["127.0.0.1"],
      },
    });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-audit-"));
    receiver = await startWebhookReceiver();
    database = await kind.create();
    server = await start();
    tfe = new TfeFixture(server);
    await server.settle();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await receiver.close();
    await rm(directory, { recursive: true, force: true });
  });

  const records = async (query = "", headers = server.admin as Record<string, string>): Promise<any[]> =>
    (await server.fetch(`/api/v1/audit-records?${query}`, { headers })).json.records;
  const linesOf = async (path: string) => (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const json = { "content-type": "application/json" };

  it("tells of the first start, and of builds that were cancelled because nobody reported them", async () => {
    const bucketPath = `/packer/2023-01-01/organizations/${server.organizationId}/projects/${server.projectId}/buckets`;
    const must = async (method: string, path: string, body: object) => {
      const answer = await server.fetch(path, {
        method,
        headers: { ...server.admin, ...json },
        body: JSON.stringify(body),
      });
      expect([path, answer.status]).toEqual([path, 200]);
      return answer.json;
    };
    await must("PUT", bucketPath, { name: "silent" });
    await must("POST", `${bucketPath}/silent/versions`, { fingerprint: "f" });
    const { build } = await must("POST", `${bucketPath}/silent/versions/f/builds`, { component_type: "null.x" });
    const beat = `${bucketPath}/silent/versions/f/builds/${build.id}`;
    await must("PATCH", beat, { status: "BUILD_RUNNING", packer_run_uuid: "", artifacts: null, labels: {} });
    clock.now += 3_600_000;
    await server.settle();
    expect((await records("order=oldest")).map(({ action, actor, outcome }) => [action, actor.kind, outcome])).toEqual([
      ["installation.create", "server", "ok"],
      ["installation.issue-credentials", "server", "ok"],
      ["CreateBucket", "user", "ok"],
      ["CreateVersion", "user", "ok"],
      ["CreateBuild", "user", "ok"],
      // The heartbeat is work and stands here nowhere.
      ["build.cancel-silent", "server", "ok"],
    ]);
    const [made] = await records("action=CreateBucket");
    expect(made).toMatchObject({
      trail: server.organizationId,
      organization_id: server.organizationId,
      project_id: server.projectId,
      actor: { name: "admin", token_id: expect.stringMatching(/^at-/), client_id: null },
      resource: { kind: "bucket", name: "silent" },
      status: 200,
      code: null,
      request: {
        plane: "hcp-packer",
        method: "PUT",
        path: "/packer/2023-01-01/organizations/:organization_id/projects/:project_id/buckets",
        params: { organization_id: server.organizationId, project_id: server.projectId },
        client_ip: "127.0.0.1",
      },
    });
  });

  it("tells who signed in and minted tokens, and keeps refused ones in the trail of the installation", async () => {
    const { client_id, client_secret } = server.bootstrap.service_principal;
    const mint = (secret: string) =>
      server.fetch("/oauth2/token", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret: secret }).toString(),
      });
    const { access_token } = (await mint(client_secret)).json;
    expect((await mint("ingotsp_wrong")).status).toBe(401);
    const signIn = (token: string) =>
      server.fetch("/api/v1/session", { method: "POST", headers: json, body: JSON.stringify({ token }) });
    expect((await signIn(access_token)).status).toBe(201);
    expect((await signIn("ingot_wrong")).status).toBe(401);

    expect(await records("action=token.create")).toMatchObject([
      { outcome: "ok", actor: { kind: "service_principal", name: "bootstrap" }, detail: { client_id } },
    ]);
    expect(await records("action=session.start")).toMatchObject([{ outcome: "ok", actor: { client_id } }]);
    expect(await records("trail=installation")).toMatchObject([
      { action: "session.start", outcome: "refused", code: "bad_token", actor: { kind: "anonymous" } },
      { action: "token.create", outcome: "refused", code: "invalid_client", detail: { client_id } },
    ]);
  });

  it("attributes what a link uploads to the organization and the project of what it is about", async () => {
    const workspace = await tfe.createWorkspace("linked");
    await tfe.plannedRun(workspace.id);
    const [upload] = await records("action=configuration-version.upload");
    expect(upload).toMatchObject({
      actor: { kind: "signed_link" },
      outcome: "ok",
      project_id: server.projectId,
      resource: { kind: "configuration-version", id: expect.stringMatching(/^cv-/) },
      request: { params: {} },
    });
    expect(await records("action=job.claim")).toEqual([]);
    expect(await records("action=job.complete")).toMatchObject([{ actor: { kind: "runner" }, outcome: "ok" }]);
  });

  it("is open to administrators only, of their organization, and that of the installation to those of the first", async () => {
    const viewer = { authorization: `Bearer ${await tfe.tokenOf("viewer")}` };
    const stranger = { authorization: `Bearer ${await tfe.strangerToken()}` };
    for (const path of ["/api/v1/audit-records", "/api/v1/audit-heads"]) {
      expect((await server.fetch(path, { headers: viewer })).status).toBe(403);
    }
    expect(await records("", stranger)).toEqual([]);
    expect((await server.fetch("/api/v1/audit-records?trail=installation", { headers: stranger })).status).toBe(403);
    expect((await server.fetch("/api/v1/audit-heads", { headers: stranger })).json.heads).toHaveLength(1);
    // That was a refusal of a read, and stands in the trail of whoever asked.
    expect(await records("outcome=refused", stranger)).toMatchObject([{ code: "installation_trail", status: 403 }]);
    expect(await records("outcome=refused&action=audit.list")).toMatchObject([{ code: "role_too_low" }]);
  });

  it("is read in pages that can be verified together, up to the head", async () => {
    const verifier = createTrailVerifier();
    let after: string | null = "0";
    while (after !== null) {
      const page: any = (
        await server.fetch(`/api/v1/audit-records?order=oldest&limit=3&after=${after}`, { headers: server.admin })
      ).json;
      for (const record of page.records) expect(verifier.add(record)).toBeUndefined();
      after = page.next;
    }
    const verdict = verifier.end();
    const { heads } = (await server.fetch("/api/v1/audit-heads", { headers: server.admin })).json;
    expect(verdict).toMatchObject({
      whole: true,
      trails: [{ first: 1, last: heads[0].sequence, hash: heads[0].hash }],
    });
    for (const bad of ["since=yesterday", "after=x", "outcome=good", "nonsense=1"]) {
      expect([bad, (await server.fetch(`/api/v1/audit-records?${bad}`, { headers: server.admin })).status]).toEqual([
        bad,
        422,
      ]);
    }
  });

  it("is appended to a file, which may be renamed, and goes on where it was after a crash and a restart", async () => {
    await server.settle();
    await rename(file(), join(directory, "old.jsonl"));
    await tfe.createWorkspace("after-rename");
    await server.settle();
    expect(await linesOf(file())).toHaveLength(1);
    await writeFile(file(), '{"half a rec', { flag: "a" });
    await server.close();
    server = await start();
    tfe = new TfeFixture(server);
    await tfe.createWorkspace("after-restart");
    await server.settle();
    const names = (await linesOf(file())).map((line) => JSON.parse(line).resource.name);
    expect(names).toEqual(["after-rename", "after-restart"]);

    const verifier = createTrailVerifier();
    for (const path of [join(directory, "old.jsonl"), file()]) {
      for (const line of await linesOf(path)) expect(verifier.add(JSON.parse(line))).toBeUndefined();
    }
    expect(verifier.end()).toMatchObject({ whole: true, repeated: 0 });
  });

  it("is posted to a webhook, signed, in order, and again from where it stopped when that was away", async () => {
    const posted = () => receiver.received.flatMap((request) => request.json.records as { resource: any }[]);
    const before = posted().length;
    receiver.answer = { status: 503 };
    await tfe.createWorkspace("while-away");
    await server.settle();
    expect(receiver.received.at(-1)?.json.records).toHaveLength(1);
    receiver.answer = { status: 200 };
    clock.now += 60_000;
    await tfe.createWorkspace("back");
    await server.settle();
    expect(
      posted()
        .slice(before)
        .map(({ resource }) => resource.name),
    ).toEqual(["while-away", "while-away", "back"]);
    const { text, headers } = receiver.received.at(-1) as WebhookReceiver["received"][number];
    expect(headers["x-ingot-audit-signature"]).toBe(createHmac("sha512", webhookToken).update(text).digest("hex"));

    const verifier = createTrailVerifier();
    for (const record of posted()) expect(verifier.add(record)).toBeUndefined();
    expect(verifier.end()).toMatchObject({ whole: true, repeated: 1 });
  });
});
