import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPostgres, type Db } from "../db/database.ts";
import type { Actor } from "../features/access/index.ts";
import { createRegistry, getRegistry } from "../features/buckets/index.ts";
import { insertOrganization } from "../features/organizations/index.ts";
import { createServicePrincipal } from "../features/principals/index.ts";
import { deleteProject, insertProject, type Project } from "../features/projects/index.ts";
import { createWebhook, renameWebhook, type WebhookDeps } from "../features/webhooks/index.ts";
import { createWorkspace, updateWorkspace } from "../features/workspaces/index.ts";
import { createOutboundClient } from "../platform/outbound/index.ts";
import { createSealer } from "../platform/sealing.ts";
import { afterRead } from "../testing/after-read.ts";
import { databasesUnderTest, type TestDatabase } from "../testing/index.ts";

/** The race is forced: whatever an act reads first is gone, or taken, before it reads on. */
describe.each(databasesUnderTest())("what is deleted or taken between two statements on $name", (kind) => {
  let database: TestDatabase;
  let db: Db;
  let organizationId: string;
  let actor: Actor;
  let names = 0;
  beforeAll(async () => {
    database = await kind.create();
    db = database.db;
    organizationId = (await insertOrganization(db, "acme", 0)).id;
    await newProject();
    actor = {
      kind: "user",
      id: "user-1",
      name: "ada",
      organizationId,
      grants: [{ role: "admin", organizationId, projectId: null, bucketName: null }],
      needs: null,
      workspaceId: null,
      runId: null,
    };
  });
  afterAll(() => database.close());

  const newProject = () => insertProject(db, { organizationId, name: `project-${++names}` }, 0);
  const now = () => 0;
  const webhookDeps = (on: Db): WebhookDeps => ({
    db: on,
    now,
    sealer: createSealer(new Uint8Array(32)),
    outbound: createOutboundClient({ allowPrivate: [], timeoutMs: 1 }),
  });
  const aWebhook = (name: string) => ({
    name,
    enabled: false,
    description: "",
    url: "https://example.com/",
    hmacKey: null,
    subscriptions: [],
  });

  /** SQLite has one transaction at a time: there the one that is asked for first comes first. */
  async function race(first: () => Promise<unknown>, act: (on: Db) => Promise<unknown>, reads = 1): Promise<unknown> {
    if (isPostgres(db)) return act(db.withPlugin(afterRead(reads, first)));
    const done = first();
    return Promise.all([act(db), done]);
  }

  const acts: readonly (readonly [string, (on: Db, project: Project) => Promise<unknown>])[] = [
    ["opening its registry", (on, { id }) => getRegistry({ db: on, now }, actor, { organizationId, projectId: id })],
    [
      "making its registry",
      (on, { id }) => createRegistry({ db: on, now }, actor, { organizationId, projectId: id }, "plus"),
    ],
    [
      "making a workspace in it",
      (on, { externalId }) =>
        createWorkspace({ db: on, now }, actor, { name: `ws-${++names}`, projectExternalId: externalId }),
    ],
    [
      "making a service principal in it",
      (on, { id }) =>
        createServicePrincipal({ db: on, now, servicePrincipalsMax: 5 }, actor, {
          parent: { type: "project", id },
          name: "builder",
        }),
    ],
    [
      "making a webhook in it",
      (on, { id }) => createWebhook(webhookDeps(on), actor, { organizationId, projectId: id }, aWebhook("told")),
    ],
  ];

  it.each(acts)("%s finds the project gone", async (_name, act) => {
    const project = await newProject();
    const acting = race(
      () => deleteProject({ db }, actor, project.id),
      (on) => act(on, project),
    );
    await expect(acting).rejects.toMatchObject({ kind: "not_found", code: "project_not_found" });
    expect(await db.selectFrom("projects").selectAll().where("id", "=", project.id).execute()).toEqual([]);
  });

  it("moving a workspace into it finds the project gone", async () => {
    const project = await newProject();
    const home = await newProject();
    const input = { name: `ws-${++names}`, projectExternalId: home.externalId };
    const workspace = await createWorkspace({ db, now }, actor, input);
    const moving = race(
      () => deleteProject({ db }, actor, project.id),
      (on) => updateWorkspace({ db: on, now }, actor, workspace.id, { projectExternalId: project.externalId }),
    );
    await expect(moving).rejects.toMatchObject({ kind: "not_found", code: "project_not_found" });
  });

  it("of two webhooks that get the same name at once, one is told that it is taken", async () => {
    const { id: projectId } = await newProject();
    const place = { organizationId, projectId };
    for (const name of ["one", "two"]) await createWebhook(webhookDeps(db), actor, place, aWebhook(name));
    const rename = (on: Db, name: string) => renameWebhook(webhookDeps(on), actor, { ...place, name }, "same");
    // The third read is the one that finds the name free.
    const renaming = race(
      () => rename(db, "one"),
      (on) => rename(on, "two"),
      3,
    );
    await expect(renaming).rejects.toMatchObject({ kind: "conflict", code: "webhook_exists" });
    expect(await db.selectFrom("webhooks").select("name").orderBy("name").execute()).toMatchObject([
      { name: "same" },
      { name: "two" },
    ]);
  });
});
