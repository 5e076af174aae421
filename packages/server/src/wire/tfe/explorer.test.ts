import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

const resource = (type: string, host = "registry.terraform.io") => ({
  mode: "managed",
  type,
  name: "main",
  provider: `provider["${host}/hashicorp/${type.split("_")[0]}"]`,
  instances: [{}],
});
const aws = "registry.terraform.io/hashicorp/aws";
const vpc = "registry.terraform.io/terraform-aws-modules/vpc/aws";

describe.each(databasesUnderTest())("the explorer on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  const statements: string[] = [];
  /** Applied, drifted, with providers and a module. */
  let network: { id: string; run: string };
  let otherProject = "";
  let now = Date.parse("2026-01-01T00:00:00Z");

  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database, { now: () => now, onStatement: ({ sql }) => statements.push(sql) });
    tfe = new TfeFixture(server);
    network = await applied("a-network");
    now += 86_400_000;
    const local = await tfe.createWorkspace("b_local", { "execution-mode": "local" });
    await tfe.storeState(local.id, aState(1, { terraform_version: "1.9.8", resources: [resource("aws_vpc")] }));
    const project = await tfe.must("POST", `organizations/${tfe.organization}/projects`, {
      data: { type: "projects", attributes: { name: "elsewhere" } },
    });
    otherProject = project.id;
    // Nothing is ever done in it.
    await tfe.must("POST", `organizations/${tfe.organization}/workspaces`, {
      data: {
        type: "workspaces",
        attributes: { name: "c-empty" },
        relationships: { project: { data: { type: "projects", id: otherProject } } },
      },
    });
    await server.settle();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  async function applied(name: string): Promise<{ id: string; run: string }> {
    const { id } = await tfe.createWorkspace(name, { "assessments-enabled": true });
    const { run, job } = await tfe.applyingRun(id);
    const resources = [resource("aws_vpc"), resource("null_resource")];
    await tfe.put(`${job.urls.state_upload}?final=true`, aState(1, { terraform_version: "1.6.2", resources }));
    await tfe.complete(job, {
      dependencies: {
        providers: [{ source: aws, version: "5.1.0" }],
        modules: [{ source: vpc, version: "5.0.0" }],
      },
    });
    await server.settle();
    await tfe.must("POST", `workspaces/${id}/actions/assess`);
    const assessment = await tfe.claimAssessment();
    const change = { actions: ["update"], before: { a: 1 }, after: { a: 2 } };
    const drift = { address: "aws_vpc.main", mode: "managed", type: "aws_vpc", name: "main", change };
    const plan = { format_version: "1.2", resource_drift: [drift], resource_changes: [drift] };
    await tfe.put(assessment.urls.plan_json, JSON.stringify(plan));
    await tfe.complete(assessment);
    await server.settle();
    return { id, run: run.id };
  }

  const path = (query: string) => `organizations/${tfe.organization}/explorer?${query}`;
  const ask = (query: string, token?: string): Promise<Answer> =>
    tfe.api("GET", path(query), undefined, token === undefined ? {} : { token });
  async function names(query: string, token?: string): Promise<string[]> {
    const answer = await ask(`type=workspaces&${query}`, token);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.data.map((row: any) => row.attributes["workspace-name"]);
  }

  it("says of each workspace what its run, its state and its assessment have told", async () => {
    const answer = await ask("type=workspaces");
    expect(answer.status).toBe(200);
    expect(answer.json.meta.pagination).toMatchObject({ "current-page": 1, "total-count": 3, "total-pages": 1 });
    const [first, second, third] = answer.json.data;
    expect(first).toEqual({
      id: network.id,
      type: "visibility-workspace",
      attributes: {
        "all-checks-succeeded": true,
        current_rum_count: 1,
        "checks-errored": 0,
        "checks-failed": 0,
        "checks-passed": 0,
        "checks-unknown": 0,
        "current-run-applied-at": "2026-01-01T00:00:00.000Z",
        "current-run-external-id": network.run,
        "current-run-status": "applied",
        drifted: true,
        "external-id": network.id,
        "module-count": 1,
        modules: `${vpc}/5.0.0`,
        "organization-name": tfe.organization,
        "project-external-id": expect.stringMatching(/^prj-/),
        "project-name": expect.any(String),
        "provider-count": 2,
        providers:
          "registry.terraform.io/providers/hashicorp/aws/5.1.0, registry.terraform.io/providers/hashicorp/null",
        "resource-count": 2,
        "resources-drifted": 1,
        "resources-undrifted": 0,
        "state-version-terraform-version": "1.6.2",
        "vcs-repo-identifier": null,
        "workspace-created-at": "2026-01-01T00:00:00.000Z",
        "workspace-name": "a-network",
        "workspace-terraform-version": expect.any(String),
        "workspace-updated-at": "2026-01-01T00:00:00.000Z",
      },
    });
    expect(second.attributes).toMatchObject({
      "workspace-name": "b_local",
      "current-run-status": null,
      providers: "registry.terraform.io/providers/hashicorp/aws",
      "all-checks-succeeded": null,
      drifted: null,
      "checks-passed": null,
    });
    expect(third.attributes).toMatchObject({
      "workspace-name": "c-empty",
      "project-external-id": otherProject,
      providers: null,
      "provider-count": 0,
      "state-version-terraform-version": null,
    });
  });

  it("counts the workspaces of each version, provider and module", async () => {
    const rows = async (query: string) => (await ask(query)).json.data;
    expect(await rows("type=tf_versions")).toEqual([
      {
        id: "1.6.2",
        type: "visibility-tf-version",
        attributes: { version: "1.6.2", "workspace-count": 1, workspaces: "a-network" },
      },
      expect.objectContaining({ id: "1.9.8" }),
    ]);
    const providers = await rows("type=providers&sort=-version");
    expect(providers.map((row: any) => Object.values(row.attributes))).toEqual([
      ["aws", aws, "5.1.0", 1, "a-network"],
      ["aws", aws, null, 1, "b_local"],
      ["null", "registry.terraform.io/hashicorp/null", null, 1, "a-network"],
    ]);
    expect(await rows("type=modules&fields=name,version,workspace_count")).toEqual([
      {
        id: `${vpc} 5.0.0`,
        type: "visibility-module",
        attributes: { name: "vpc", version: "5.0.0", "workspace-count": 1 },
      },
    ]);
    expect(await rows("type=providers&filter[0][workspace_count][gt][0]=1")).toEqual([]);
    expect(await rows("type=providers&filter[0][workspaces][contains][0]=B_L")).toHaveLength(1);
  });

  it.each<[string, string[]]>([
    ["filter[0][workspace_name][contains][0]=NET", ["a-network"]],
    ["filter[0][workspace_name][contains][0]=_", ["b_local"]],
    ["filter[0][workspace_name][contains][0]=-&filter[1][workspace_name][contains][0]=x", []],
    ["filter[0][workspace_name][contains][0]=-&filter[0][project_name][is][0]=elsewhere", ["c-empty"]],
    ["filter[0][workspace_name][contains][0]=-&filter[0][workspace_name][contains][0]=net", ["a-network"]],
    ["filter[0][workspace_name][does not contain][0]=-", ["b_local"]],
    ["filter[0][modules][does_not_contain][0]=vpc", ["b_local", "c-empty"]],
    ["filter[0][workspace_name][is_not][0]=c-empty", ["a-network", "b_local"]],
    ["filter[0][current_run_status][is_not][0]=applied", ["b_local", "c-empty"]],
    ["filter[0][drifted][is][0]=true", ["a-network"]],
    ["filter[0][drifted][is_empty][0]=", ["b_local", "c-empty"]],
    ["filter[0][providers][is_not_empty]=", ["a-network", "b_local"]],
    ["filter[0][provider_count][gteq][0]=1&filter[1][provider_count][lt][0]=2", ["b_local"]],
    ["filter[0][resource_count][is][0]=2", ["a-network"]],
    ["filter[0][workspace_created_at][is_after][0]=2026-01-01T12:00:00", ["b_local", "c-empty"]],
    ["filter[0][current_run_applied_at][is_before][0]=2026-01-02", ["a-network"]],
    ["filter[0][vcs_repo_identifier][is_empty][0]=true&sort=-workspace_name", ["c-empty", "b_local", "a-network"]],
    ["sort=-resource_count", ["a-network", "b_local", "c-empty"]],
    ["sort=drifted", ["a-network", "b_local", "c-empty"]],
    ["sort=state_version_terraform_version", ["a-network", "b_local", "c-empty"]],
    ["sort=-state_version_terraform_version", ["b_local", "a-network", "c-empty"]],
  ])("finds with %s what fits, in its order", async (query, expected) => {
    const encoded = query.replaceAll(" ", "%20");
    expect(await names(encoded)).toEqual(expected);
  });

  it("pages with totals, in three statements however many rows there are", async () => {
    const page = await ask("type=workspaces&page[number]=2&page[size]=2&fields=workspace_name");
    expect(page.json.data).toHaveLength(1);
    expect(page.json.meta.pagination).toMatchObject({ "prev-page": 1, "next-page": null, "total-count": 3 });
    const beyond = await ask("type=modules&page[number]=9");
    expect([beyond.status, beyond.json.data, beyond.json.meta.pagination["total-count"]]).toEqual([200, [], 1]);
    for (const view of ["workspaces", "tf_versions", "providers", "modules"]) {
      const before = statements.length;
      await ask(`type=${view}`);
      const own = statements
        .slice(before)
        .filter((sql) => /workspaces as w|workspace_(dependencies|summaries)/.test(sql));
      expect(own).toHaveLength(3);
    }
  });

  it("shows a caller the workspaces that it may read, and nothing of the others", async () => {
    const token = await teamToken(otherProject);
    expect(await names("", token)).toEqual(["c-empty"]);
    for (const view of ["tf_versions", "providers", "modules"]) {
      expect((await ask(`type=${view}`, token)).json.data).toEqual([]);
    }
    const csv = await tfe.api("GET", path("type=workspaces").replace("?", "/export/csv?"), undefined, { token });
    expect(csv.text.split("\n")).toHaveLength(3);
    expect((await ask("type=workspaces", await tfe.strangerToken())).status).toBe(404);
  });

  it.each<[string, string, RegExp]>([
    ["", "explorer_type", /workspaces, tf_versions, providers, modules/],
    ["type=modules&fields=drifted", "explorer_field", /no field "drifted"/],
    ["type=modules&sort=drifted", "explorer_field", /no field "drifted"/],
    ["type=workspaces&filter[0][drifted][gt][0]=1", "explorer_operator", /is_empty/],
    ["type=workspaces&filter[0][module_count][gt][0]=1.5", "explorer_value", /whole number/],
    ["type=workspaces&filter[drifted]=true", "explorer_filter", /filter\[0\]\[field\]/],
  ])("refuses ?%s and says what there is", async (query, code, detail) => {
    const answer = await ask(query);
    expect(answer.status).toBe(422);
    expect(answer.json.errors[0]).toMatchObject({ code, status: "422", detail: expect.stringMatching(detail) });
  });

  it("exports all of it as CSV with every value quoted", async () => {
    const url = path("type=providers&sort=-workspace_count&fields=source,version,workspaces").replace(
      "?",
      "/export/csv?",
    );
    const csv = await tfe.api("GET", url);
    expect([csv.status, csv.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(csv.text).toBe(
      [
        "source,version,workspaces",
        `"${aws}","5.1.0","a-network"`,
        `"${aws}","","b_local"`,
        '"registry.terraform.io/hashicorp/null","","a-network"',
        "",
      ].join("\n"),
    );
    const moments = path("type=workspaces&fields=workspace_created_at,drifted&filter[0][drifted][is][0]=true");
    expect((await tfe.api("GET", moments.replace("?", "/export/csv?"))).text).toBe(
      'workspace_created_at,drifted\n"2026-01-01T00:00:00.000Z","true"\n',
    );
  });

  async function teamToken(projectId: string): Promise<string> {
    const team = await tfe.must("POST", `organizations/${tfe.organization}/teams`, {
      data: { type: "teams", attributes: { name: `team-${statements.length}` } },
    });
    await tfe.must("POST", "team-projects", {
      data: {
        type: "team-projects",
        attributes: { access: "read" },
        relationships: {
          team: { data: { type: "teams", id: team.id } },
          project: { data: { type: "projects", id: projectId } },
        },
      },
    });
    return (await tfe.must("POST", `teams/${team.id}/authentication-token`)).attributes.token as string;
  }

  describe("saved views", () => {
    const views = () => `organizations/${tfe.organization}/explorer/views`;
    const filter = [{ field: "workspace_name", operator: "contains", value: ["net"] }];
    const viewBody = (attributes: object) => ({ data: { type: "explorer-saved-queries", attributes } });

    it("are kept, asked again, changed and deleted", async () => {
      const body = viewBody({
        name: "networks",
        query_type: "workspaces",
        query: { filter, fields: ["workspace_name"] },
      });
      const created = await tfe.api("POST", views(), body);
      expect(created.status).toBe(201);
      const { id } = created.json.data;
      expect(created.json.data).toEqual({
        id: expect.stringMatching(/^sq-/),
        type: "explorer-saved-queries",
        attributes: {
          name: "networks",
          "created-at": "2026-01-02T00:00:00.000Z",
          "query-type": "workspaces",
          query: { type: "workspaces", filter, fields: ["workspace_name"] },
        },
      });
      expect(await tfe.must("GET", `${views()}/${id}`)).toEqual(created.json.data);
      expect(await tfe.must("GET", views())).toEqual([created.json.data]);
      const results = await tfe.api("GET", `${views()}/${id}/results`);
      expect(results.json.data.map((row: any) => row.attributes)).toEqual([{ "workspace-name": "a-network" }]);
      expect(results.json.meta.pagination["total-count"]).toBe(1);
      expect((await tfe.api("GET", `${views()}/${id}/csv`)).text).toBe('workspace_name\n"a-network"\n');
      // As the table of the reference has it: no attributes, and a query whose type is the view's.
      const changed = await tfe.must("PATCH", `${views()}/${id}`, {
        data: {
          name: "others",
          query: { filter: [{ workspace_name: { "does not contain": ["net"] } }], sort: "-workspace_name" },
        },
      });
      expect(changed.attributes).toMatchObject({
        name: "others",
        query: {
          type: "workspaces",
          filter: [{ field: "workspace_name", operator: "does_not_contain", value: ["net"] }],
          sort: ["-workspace_name"],
        },
      });
      expect(await tfe.must("DELETE", `${views()}/${id}`)).toEqual(changed);
      expect((await tfe.api("GET", `${views()}/${id}`)).status).toBe(404);
    });

    it("are refused like the question itself, and without a name", async () => {
      const refused = async (attributes: object) =>
        (await tfe.api("POST", views(), viewBody(attributes))).json.errors[0].code;
      expect(await refused({ name: "a" })).toBe("explorer_type");
      expect(await refused({ query_type: "modules", query: {} })).toBe("explorer_view_name");
      expect(await refused({ name: "a", query_type: "modules", query: { filter } })).toBe("explorer_field");
      expect(await refused({ name: "a", query: { type: "modules", sort: ["-x"] } })).toBe("explorer_field");
    });

    it("answer whoever asks with what they may read, and are changed by whoever reads everything", async () => {
      const view = await tfe.must("POST", views(), viewBody({ name: "all", "query-type": "workspaces" }));
      const token = await teamToken(otherProject);
      const results = await tfe.api("GET", `${views()}/${view.id}/results`, undefined, { token });
      expect(results.json.data.map((row: any) => row.attributes["workspace-name"])).toEqual(["c-empty"]);
      expect(
        (await tfe.api("POST", views(), viewBody({ name: "mine", query_type: "modules" }), { token })).status,
      ).toBe(403);
      expect((await tfe.api("DELETE", `${views()}/${view.id}`, undefined, { token })).status).toBe(403);
      expect(
        (await tfe.api("GET", `${views()}/${view.id}`, undefined, { token: await tfe.strangerToken() })).status,
      ).toBe(404);
    });
  });
});
