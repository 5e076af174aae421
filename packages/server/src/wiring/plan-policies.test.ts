import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { archive, emptyPlan, TfeFixture } from "../testing/tfe-fixture.ts";

// Two ways to say the same: in Rego v1, and as it was written before.
const noDelete = `package terraform

import rego.v1

deny contains message if {
	some change in input.plan.resource_changes
	"delete" in change.change.actions
	message := sprintf("%s may not be deleted", [change.address])
}
`;
const noDeleteV0 = `package old

deny[message] {
	input.plan.resource_changes[_].change.actions[_] == "delete"
	message := "nothing may be deleted"
}
`;
const inOrder = (names: readonly string[]) => [...names].sort((a, b) => a.localeCompare(b));
const always = (what: string) => `package example rule["${what}"] { true }`;

describe.each(databasesUnderTest())("policies of plans on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let plan: { resource_changes: { change: { actions: string[] } }[] };
  let now = Date.parse("2026-01-01T00:00:00Z");
  let count = 0;

  beforeAll(async () => {
    // A plan of OpenTofu, as `show -json` writes it.
    const file = new URL("../features/plan-changes/fixtures/changed-configuration.json", import.meta.url);
    plan = JSON.parse(await readFile(file, "utf8")) as typeof plan;
    plan.resource_changes = plan.resource_changes.filter(({ change }) => !change.actions.includes("delete"));
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });
  beforeEach(async () => {
    now += 200_000;
    while ((await tfe.claim()) !== null);
  });

  const org = () => `organizations/${tfe.organization}`;
  const id = (type: string) => (one: string) => ({ id: one, type });

  async function policy(code: string | null, attributes: Record<string, unknown> = {}): Promise<any> {
    const made = await tfe.must("POST", `${org()}/policies`, {
      data: {
        type: "policies",
        attributes: {
          name: `p${++count}`,
          kind: "opa",
          query: "data.terraform.deny",
          "enforcement-level": "mandatory",
          ...attributes,
        },
      },
    });
    if (code !== null) {
      const put = await server.fetch(`/api/v2/policies/${made.id}/upload`, {
        method: "PUT",
        headers: { ...server.admin, "content-type": "application/octet-stream" },
        body: Buffer.from(code),
      });
      expect(put.status).toBe(200);
    }
    return made;
  }

  async function policySet(
    attributes: Record<string, unknown>,
    members: { policies?: string[]; workspaces?: string[]; projects?: string[]; exclusions?: string[] } = {},
  ): Promise<any> {
    return tfe.must("POST", `${org()}/policy-sets`, {
      data: {
        type: "policy-sets",
        attributes: { name: `s${++count}`, kind: "opa", ...attributes },
        relationships: {
          policies: { data: (members.policies ?? []).map(id("policies")) },
          workspaces: { data: (members.workspaces ?? []).map(id("workspaces")) },
          projects: { data: (members.projects ?? []).map(id("projects")) },
          "workspace-exclusions": { data: (members.exclusions ?? []).map(id("workspaces")) },
        },
      },
    });
  }

  const workspace = () => tfe.createWorkspace(`w${++count}`);

  /** A run with this plan, once everything that checks it has had its say. */
  async function judged(
    workspaceId: string,
    planJson: unknown,
    attributes: Record<string, unknown> = {},
  ): Promise<any> {
    const run = await tfe.createRun(workspaceId, attributes);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson });
    await server.settle();
    return tfe.run(run.id);
  }

  async function stageOf(run: any): Promise<{ stage: any; evaluations: any[]; outcomes: any[] }> {
    const stageId = run.relationships["task-stages"].data[0].id;
    const { json } = await tfe.api("GET", `task-stages/${stageId}?include=task_results,policy_evaluations`);
    const evaluations = json.included ?? [];
    const outcomes = [];
    for (const evaluation of evaluations) {
      outcomes.push(...(await tfe.must("GET", `policy-evaluations/${evaluation.id}/policy-set-outcomes`)));
    }
    return { stage: json.data, evaluations, outcomes };
  }

  const deleting = () => ({
    ...plan,
    resource_changes: [...plan.resource_changes, { address: "cloud_vm.old", change: { actions: ["delete"] } }],
  });

  it("are evaluated after the plan: a mandatory one that finds something ends the run and says what", async () => {
    const { id: workspaceId } = await workspace();
    const { id: policyId } = await policy(noDelete, { description: "Keep things." });
    await policySet({ description: "Guards" }, { policies: [policyId], workspaces: [workspaceId] });
    const pending = await tfe.createRun(workspaceId);
    const before = await stageOf(pending);
    expect(before.stage.attributes).toMatchObject({ stage: "post_plan", status: "pending" });
    expect(before.evaluations[0].attributes).toMatchObject({
      status: "pending",
      "policy-kind": "opa",
      "result-count": { "advisory-failed": 0, "mandatory-failed": 0, passed: 0, errored: 0 },
    });
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: deleting() });
    expect(await tfe.status(pending.id)).toBe("post_plan_running");
    await server.settle();

    const run = await tfe.run(pending.id);
    expect(run.attributes.status).toBe("errored");
    expect(run.attributes["error-message"]).toContain("cloud_vm.old may not be deleted");
    const { stage, evaluations, outcomes } = await stageOf(run);
    expect(stage.attributes.status).toBe("failed");
    expect(evaluations[0].attributes).toMatchObject({ status: "failed", "result-count": { "mandatory-failed": 1 } });
    expect(outcomes[0].attributes).toMatchObject({
      "policy-set-description": "Guards",
      result_count: { "mandatory-failed": 1 },
      outcomes: [
        {
          enforcement_level: "mandatory",
          status: "failed",
          query: "data.terraform.deny",
          description: "Keep things.",
          output: ["cloud_vm.old may not be deleted"],
        },
      ],
    });
    expect((await tfe.must("GET", `policy-set-outcomes/${outcomes[0].id}`)).id).toBe(outcomes[0].id);

    const good = await judged(workspaceId, plan);
    expect(good.attributes).toMatchObject({ status: "post_plan_completed", actions: { "is-confirmable": true } });
    expect((await stageOf(good)).evaluations[0].attributes.status).toBe("passed");
  });

  it("that are advisory are only shown, and policies with the same package are strangers", async () => {
    const { id: workspaceId } = await workspace();
    const policies = [];
    for (const what of ["one", "two"]) {
      policies.push(await policy(always(what), { query: "data.example.rule", "enforcement-level": "advisory" }));
    }
    await policySet({}, { policies: policies.map((one) => one.id), workspaces: [workspaceId] });
    const run = await judged(workspaceId, plan);
    expect(run.attributes.status).toBe("post_plan_completed");
    const { evaluations, outcomes } = await stageOf(run);
    expect(evaluations[0].attributes["result-count"]).toMatchObject({ "advisory-failed": 2, "mandatory-failed": 0 });
    expect(outcomes[0].attributes.outcomes.map((one: any) => one.output)).toEqual([["one"], ["two"]]);
    const filtered = async (query: string) =>
      (await tfe.must("GET", `policy-evaluations/${evaluations[0].id}/policy-set-outcomes?${query}`)).length;
    expect(await filtered("filter[0][status]=failed&filter[0][enforcement_level]=advisory")).toBe(1);
    expect(
      await filtered("filter[0][status]=errored&filter[1][status]=failed&filter[1][enforcement_level]=mandatory"),
    ).toBe(0);
    expect(await filtered("filter[0][enforcement_level]=advisory")).toBe(1);
  });

  it("that failed are overridden where their set allows it, by who may, with a comment", async () => {
    const { id: workspaceId } = await workspace();
    const { id: policyId } = await policy(noDelete);
    await policySet({ overridable: true }, { policies: [policyId], workspaces: [workspaceId] });
    const run = await judged(workspaceId, deleting());
    expect(run.attributes.status).toBe("post_plan_awaiting_decision");
    expect(run.attributes.actions["is-confirmable"]).toBe(false);
    const { stage } = await stageOf(run);
    expect(stage.attributes).toMatchObject({
      status: "awaiting_override",
      permissions: { "can-override-policy": true, "can-override-tasks": false, "can-override": true },
      actions: { "is-overridable": true },
    });
    const path = `task-stages/${stage.id}/actions/override`;
    const contributor = await tfe.tokenOf("contributor");
    expect((await tfe.api("POST", path, {}, { token: contributor })).status).toBe(403);
    expect((await tfe.api("POST", path, {}, { token: await tfe.strangerToken() })).status).toBe(404);
    const seen = await tfe.api("GET", `task-stages/${stage.id}`, undefined, { token: contributor });
    expect(seen.json.data.attributes.permissions["can-override"]).toBe(false);

    const overridden = await tfe.must("POST", path, { comment: "It is an old one." });
    expect(overridden.attributes.status).toBe("running");
    expect(overridden.attributes["status-timestamps"]).toHaveProperty("awaiting-override-at");
    const after = await tfe.run(run.id);
    expect(after.attributes).toMatchObject({ status: "post_plan_completed", actions: { "is-confirmable": true } });
    const ended = await stageOf(after);
    expect(ended.stage.attributes).toMatchObject({
      status: "passed",
      override: { comment: "It is an old one." },
    });
    expect(ended.evaluations[0].attributes.status).toBe("overridden");
    const again = await tfe.api("POST", path, {});
    expect([again.status, again.json.errors[0].title]).toEqual([409, "transition not allowed"]);
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ["only plans", { "plan-only": true }, true],
    ["changes nothing", {}, false],
  ])("of a run that %s cannot be overridden", async (_what, attributes, hasChanges) => {
    const { id: workspaceId } = await workspace();
    const { id: policyId } = await policy(noDelete);
    await policySet({ overridable: true }, { policies: [policyId], workspaces: [workspaceId] });
    const run = await tfe.createRun(workspaceId, attributes);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: deleting(), hasChanges });
    await server.settle();
    expect(await tfe.status(run.id)).toBe("errored");
    const { attributes: shown } = await tfe.must("GET", `workspaces/${workspaceId}`);
    expect([shown["policy-check-failures"], shown["run-failures"]]).toEqual([1, 1]);
  });

  it("apply where their sets say: everywhere, in projects, in workspaces, and not where they are excluded", async () => {
    const [own, other, excluded] = [await workspace(), await workspace(), await workspace()];
    const { id: policyId } = await policy(noDelete, { "enforcement-level": "advisory" });
    const policies = [policyId];
    const project = own.relationships.project.data.id;
    const names = async (of: any) => {
      const run = await tfe.createRun(of.id, { "plan-only": true });
      const { outcomes } = run.relationships["task-stages"].data.length === 0 ? { outcomes: [] } : await stageOf(run);
      await tfe.must("POST", `runs/${run.id}/actions/cancel`, {});
      return inOrder(outcomes.map((one: any) => one.attributes["policy-set-name"] as string));
    };
    const ofWorkspace = await policySet({}, { policies, workspaces: [own.id] });
    expect([await names(own), await names(other)]).toEqual([[ofWorkspace.attributes.name], []]);
    const global = await policySet({ global: true }, { policies, exclusions: [excluded.id] });
    const ofProject = await policySet({}, { policies, projects: [project], exclusions: [excluded.id] });
    const all = [ofWorkspace, global, ofProject].map((one) => one.attributes.name as string);
    expect(await names(own)).toEqual(inOrder(all));
    expect(await names(other)).toEqual(inOrder(all.filter((name) => name !== ofWorkspace.attributes.name)));
    expect(await names(excluded)).toEqual([]);
    await tfe.must("DELETE", `policy-sets/${global.id}`);
    await tfe.must("DELETE", `policy-sets/${ofProject.id}/relationships/projects`, {
      data: [{ id: project, type: "projects" }],
    });
    expect(await names(other)).toEqual([]);
  });

  it("that cannot be evaluated let nothing pass", async () => {
    for (const [code, query] of [
      ["package terraform\n\ndeny {", "data.terraform.deny"],
      [noDelete, "data.terraform.denied"],
      [null, "data.terraform.deny"],
      [
        `package terraform\nimport rego.v1\ndeny if http.send({"method": "get", "url": "http://127.0.0.1"})`,
        "data.terraform.deny",
      ],
    ] as const) {
      const { id: workspaceId } = await workspace();
      const { id: policyId } = await policy(code, { query });
      await policySet({ overridable: true }, { policies: [policyId], workspaces: [workspaceId] });
      const run = await judged(workspaceId, plan);
      expect(run.attributes.status).toBe("errored");
      const { stage, evaluations } = await stageOf(run);
      expect(stage.attributes.status).toBe("errored");
      expect(evaluations[0].attributes).toMatchObject({ status: "errored", "result-count": { errored: 1 } });
    }
  });

  it("of a set that is deleted after the run was created are an error of the run", async () => {
    const { id: workspaceId } = await workspace();
    const { id: policyId } = await policy(noDelete);
    const set = await policySet({}, { policies: [policyId], workspaces: [workspaceId] });
    const run = await tfe.createRun(workspaceId);
    await tfe.must("DELETE", `policy-sets/${set.id}`);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: plan });
    await server.settle();
    expect((await tfe.run(run.id)).attributes["error-message"]).toContain("deleted");
  });

  it("in Sentinel are kept, and end the runs that they apply to unless they are advisory", async () => {
    for (const [level, status] of [
      ["soft-mandatory", "errored"],
      ["advisory", "post_plan_completed"],
    ] as const) {
      const { id: workspaceId } = await workspace();
      const { id: policyId } = await policy("main = rule { true }", {
        kind: "sentinel",
        "enforcement-level": level,
        query: null,
      });
      await policySet({ kind: "sentinel" }, { policies: [policyId], workspaces: [workspaceId] });
      const run = await judged(workspaceId, plan);
      expect(run.attributes.status).toBe(status);
      const { evaluations, outcomes } = await stageOf(run);
      expect(evaluations[0].attributes["policy-kind"]).toBe("sentinel");
      expect(outcomes[0].attributes.error).toContain("OPA policies only");
    }
  });

  it("of an uploaded version see each other, their data and the parameters of their set", async () => {
    const { id: workspaceId } = await workspace();
    const set = await policySet({}, { workspaces: [workspaceId] });
    const version = await tfe.must("POST", `policy-sets/${set.id}/versions`);
    expect(version.attributes.status).toBe("pending");
    const hcl = `
policy "deletes" {
  query             = "data.terraform.deny"
  enforcement_level = "mandatory"
  description       = "Keep things."
}
policy "sizes" {
  query = "data.sizes.deny"
}`;
    const sizes = `package sizes
import rego.v1
import data.helpers
deny contains sprintf("%d is more than %d, %s", [helpers.count_changes, data.limits.changes, data.parameters.owner]) if helpers.count_changes > data.limits.changes`;
    const helpers = "package helpers\nimport rego.v1\ncount_changes := count(input.plan.resource_changes)";
    const bytes = await archive([
      ["policies.hcl", hcl],
      ["terraform.rego", noDelete],
      ["lib/sizes.rego", sizes],
      ["lib/helpers.rego", helpers],
      ["lib/helpers_test.rego", "package helpers\nthis is not even rego"],
      ["limits/data.json", `{"changes": 1}`],
      ["README.md", "# policies"],
    ]);
    expect((await tfe.put(version.links.upload, bytes)).status).toBe(200);
    expect((await tfe.put(version.links.upload, bytes)).status).toBe(409);
    const ready = await tfe.must("GET", `policy-set-versions/${version.id}`);
    expect([ready.attributes.status, ready.links.upload]).toEqual(["ready", undefined]);
    expect((await tfe.must("GET", `policy-sets/${set.id}`)).attributes).toMatchObject({
      versioned: true,
      "policy-count": 2,
    });
    await tfe.must("POST", `policy-sets/${set.id}/parameters`, {
      data: { type: "vars", attributes: { key: "owner", value: "ask ops", category: "policy-set", sensitive: true } },
    });

    const run = await judged(workspaceId, plan);
    expect(run.attributes.status).toBe("post_plan_completed");
    const { outcomes } = await stageOf(run);
    expect(outcomes[0].attributes.outcomes).toMatchObject([
      { policy_name: "deletes", status: "passed", description: "Keep things." },
      { policy_name: "sizes", status: "failed", enforcement_level: "advisory" },
    ]);
    expect(outcomes[0].attributes.outcomes[1].output[0]).toMatch(/is more than 1, ask ops$/);
    // Policies that are managed one by one have no place in it.
    const { id: policyId } = await policy(noDelete);
    const added = await tfe.api("POST", `policy-sets/${set.id}/relationships/policies`, {
      data: [{ id: policyId, type: "policies" }],
    });
    expect([added.status, added.json.errors[0].code]).toEqual([422, "policy_set_versioned"]);
  });

  it.each<[string, [string, string][], string]>([
    ["without a list", [["a.rego", noDelete]], "policies.hcl"],
    [
      "with a list that is no HCL",
      [
        ["policies.hcl", "policy {"],
        ["a.rego", noDelete],
      ],
      "Line 1",
    ],
    [
      "with a level that there is not",
      [
        ["policies.hcl", `policy "a" {\n query = "data.a"\n enforcement_level = "hard-mandatory"\n}`],
        ["a.rego", noDelete],
      ],
      "advisory, mandatory",
    ],
    ["without modules", [["policies.hcl", `policy "a" {\n query = "data.a"\n}`]], ".rego"],
  ])("of a version %s are refused with the reason, and the set stays as it was", async (_what, entries, reason) => {
    const set = await policySet({});
    const version = await tfe.must("POST", `policy-sets/${set.id}/versions`);
    expect((await tfe.put(version.links.upload, await archive(entries))).status).toBe(200);
    const errored = await tfe.must("GET", `policy-set-versions/${version.id}`);
    expect(errored.attributes.status).toBe("errored");
    expect(errored.attributes["error-message"]).toContain(reason);
    const { data } = (await tfe.api("GET", `policy-sets/${set.id}`)).json;
    expect(data.relationships["current-version"].data).toBeNull();
    expect(data.relationships["newest-version"].data.id).toBe(version.id);
  });

  it("see the run, its workspace and which variables there are, but no value of a variable", async () => {
    const made = await tfe.createWorkspace(`w${++count}`, { description: "shop" });
    const variable = { key: "secret", value: "tell-nobody", category: "terraform", sensitive: true };
    await tfe.must("POST", `workspaces/${made.id}/vars`, { data: { type: "vars", attributes: variable } });
    const { id: policyId } = await policy(`package show\nimport rego.v1\ndeny contains json.marshal(input.run)\n`, {
      query: "data.show.deny",
      "enforcement-level": "advisory",
    });
    await policySet({}, { policies: [policyId], workspaces: [made.id] });
    const run = await judged(made.id, emptyPlan, { message: "why", "target-addrs": ["a.b"] });
    const { outcomes } = await stageOf(run);
    const shown = outcomes[0].attributes.outcomes[0].output[0] as string;
    expect(JSON.parse(shown)).toMatchObject({
      id: run.id,
      message: "why",
      speculative: false,
      target_addrs: ["a.b"],
      project: { name: "default" },
      organization: { name: tfe.organization },
      workspace: { id: made.id, name: made.attributes.name, description: "shop", execution_mode: "remote", tags: [] },
      variables: { secret: { category: "input", sensitive: true } },
    });
    expect(shown).not.toContain("tell-nobody");
    expect(JSON.parse(shown)).not.toHaveProperty("replace_addrs");
  });

  it("are judged together with run tasks, and settled once when the evaluation is done twice", async () => {
    const { id: workspaceId } = await workspace();
    const { id: policyId } = await policy(noDeleteV0, { query: "data.old.deny" });
    await policySet({}, { policies: [policyId], workspaces: [workspaceId] });
    const run = await tfe.createRun(workspaceId);
    await tfe.finishPlan(await tfe.mustClaim(), { planJson: deleting() });
    const { evaluations } = await stageOf(run);
    await server.settle();
    const { updated_at: settledAt } = await server.db
      .selectFrom("policy_evaluations")
      .select("updated_at")
      .where("id", "=", evaluations[0].id)
      .executeTakeFirstOrThrow();
    await server.db
      .insertInto("jobs")
      .values({
        id: `again-${count}`,
        kind: "evaluate-policies",
        unique_key: `again-${count}`,
        payload: JSON.stringify({ evaluationId: evaluations[0].id }),
        state: "running",
        run_at: 0,
        attempts: 1,
        attempts_max: 10,
        fence: 1,
        holder: "dead",
        lease_until: 1,
        last_error: null,
        created_at: 0,
      })
      .execute();
    now += 1000;
    await server.settle();
    expect(await tfe.status(run.id)).toBe("errored");
    const after = await server.db
      .selectFrom("policy_evaluations")
      .selectAll()
      .where("id", "=", evaluations[0].id)
      .executeTakeFirstOrThrow();
    expect([after.status, after.updated_at]).toEqual(["failed", settledAt]);
  });
});
