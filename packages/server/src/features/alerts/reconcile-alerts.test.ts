import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertOrganization } from "../organizations/index.ts";
import { listEvents } from "../events/index.ts";
import { insertProject } from "../projects/index.ts";
import { createWorkspace, type Workspace } from "../workspaces/index.ts";
import { databasesUnderTest, type TestDatabase } from "../../testing/index.ts";
import { listAlerts } from "./alert-store.ts";
import type { WorkspaceFacts } from "./desired-alerts.ts";
import { reconcileWorkspaceAlerts, type AlertDeps } from "./reconcile-alerts.ts";

describe.each(databasesUnderTest())("reconciling alerts on $name", (kind) => {
  let database: TestDatabase;
  let organizationId: string;
  let workspace: Workspace;
  let facts: WorkspaceFacts;
  let deps: AlertDeps;
  let now = 1000;

  beforeEach(async () => {
    database = await kind.create();
    const { db } = database;
    organizationId = (await insertOrganization(db, "acme", 0)).id;
    const project = await insertProject(db, { organizationId, name: "default" }, 0);
    const actor = {
      kind: "user",
      id: "user-1",
      name: "ada",
      organizationId,
      grants: [{ role: "admin", organizationId, projectId: null, bucketName: null }],
      needs: null,
      workspaceId: null,
      runId: null,
    } as const;
    workspace = await createWorkspace({ db, now: () => 0 }, actor, {
      name: "web",
      projectExternalId: project.externalId,
      clientEngine: null,
      tags: [],
    });
    facts = {
      workspaceName: "web",
      lastRun: null,
      waitingRuns: [],
      assessment: null,
      findings: null,
      imageChecks: [],
    };
    // Read inside of the transaction, as facts are.
    deps = { db, now: () => now, wakeJobs: () => {}, readFacts: async () => facts };
  });
  afterEach(() => database.close());

  const drifted = (...addresses: string[]): void => {
    facts = { ...facts, findings: { drifted: addresses, failingChecks: [], someChecksUnknown: false } };
  };
  const reconcile = () => reconcileWorkspaceAlerts(deps, workspace.id);
  const alerts = (state: "open" | "resolved" | "all") =>
    listAlerts(database.db, { organizationId, projects: null, state, limit: 1000 });
  const told = async () =>
    (await listEvents(database.db, { organizationId, projects: null, limit: 1000 }))
      .map((event) => event.kind)
      .filter((one) => one.startsWith("alert."))
      .reverse();

  it("opens one alert for one cause, however many look at once", async () => {
    drifted("a");
    const counts = await Promise.all(Array.from({ length: 12 }, reconcile));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await alerts("all")).toHaveLength(1);
    expect(await told()).toEqual(["alert.opened"]);
  });

  it("tells once that it is over, however many look at once, and opens another for the next time", async () => {
    drifted("a");
    await reconcile();
    drifted();
    await Promise.all(Array.from({ length: 12 }, reconcile));
    drifted("a");
    now += 1;
    await Promise.all(Array.from({ length: 12 }, reconcile));
    expect(await told()).toEqual(["alert.opened", "alert.resolved", "alert.opened"]);
    expect(await alerts("open")).toHaveLength(1);
    expect(await alerts("resolved")).toHaveLength(1);
  });

  it("ends where the facts are, while they change under everybody's hands", async () => {
    const choices = [[], ["a"], ["b"], ["a", "b"]];
    for (let round = 0; round < 15; round++) {
      const looks: Promise<number>[] = [];
      for (let i = 0; i < 8; i++) {
        drifted(...(choices[(round * 7 + i * 5) % choices.length] ?? []));
        looks.push(reconcile());
        if (i % 3 === 0) await Promise.resolve();
      }
      await Promise.all(looks);
      await reconcile();
      const open = await alerts("open");
      expect(open.map((alert) => [...alert.subjects])).toEqual(
        facts.findings?.drifted.length === 0 ? [] : [facts.findings?.drifted],
      );
    }
    const kinds = (await told()).filter((one) => one !== "alert.changed");
    expect(kinds.every((one, i) => one === (i % 2 === 0 ? "alert.opened" : "alert.resolved"))).toBe(true);
    expect(await reconcile()).toBe(0);
  });

  it("ends with its workspace, and leaves nothing to look at", async () => {
    drifted("a");
    await reconcile();
    await database.db.deleteFrom("workspaces").where("id", "=", workspace.id).execute();
    expect(await alerts("all")).toEqual([]);
    expect(await reconcile()).toBe(0);
  });
});
