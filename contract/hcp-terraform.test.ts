import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  aState,
  databasesUnderTest,
  startTestServer,
  TfeFixture,
  type TestDatabase,
  type TestServer,
} from "@ingot/server/testing";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const file = fileURLToPath(new URL("../../shared/specs/hcp-terraform-v2.openapi.json", import.meta.url));
const [sqlite] = databasesUnderTest();

interface OpenApi {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  readonly components: { readonly schemas: Record<string, object> };
}

/** What is wrong with an answer by the published document; undefined where it does not describe the call. */
function createChecker(): (method: string, path: string, status: number, body: unknown) => string[] | undefined {
  const spec = JSON.parse(readFileSync(file, "utf8")) as OpenApi;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "spec", components: spec.components });
  const paths = Object.keys(spec.paths)
    .map((path) => ({
      path,
      pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
      parameters: path.split("{").length,
    }))
    .sort((a, b) => a.parameters - b.parameters);
  return (method, path, status, body) => {
    const [route = ""] = path.split("?");
    const found = paths.find(({ pattern }) => pattern.test(`/${route}`));
    const responses = found && spec.paths[found.path]?.[method.toLowerCase()]?.responses;
    const schema = (responses?.[status] ?? responses?.["default"])?.content?.["application/vnd.api+json"]?.schema;
    if (schema === undefined) return undefined;
    const validate = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"spec#/components/')) as object,
    );
    if (validate(body)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
  };
}

describe.skipIf(!existsSync(file))("the published API of workspaces, runs and states", () => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  beforeAll(async () => {
    database = await (sqlite as NonNullable<typeof sqlite>).create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  /** One with a result and one that failed, of a workspace of their own. */
  async function assessments(): Promise<{ readonly finished: string; readonly failed: string }> {
    const { id } = await tfe.createWorkspace("contract-assessed", { "assessments-enabled": true });
    const { job } = await tfe.applyingRun(id);
    const resources = [{ mode: "managed", type: "m", name: "m", instances: [{}] }];
    await tfe.put(`${job.urls.state_upload}?final=true`, aState(1, { resources }));
    await tfe.complete(job);
    const assess = async (report: Parameters<typeof tfe.complete>[1]): Promise<string> => {
      await tfe.must("POST", `workspaces/${id}/actions/assess`);
      const assessment = await tfe.claimAssessment();
      await tfe.put(assessment.urls.plan_json, '{"format_version":"1.2"}');
      await tfe.complete(assessment, report);
      return (await tfe.must("GET", `workspaces/${id}/current-assessment-result`)).id as string;
    };
    return { finished: await assess({}), failed: await assess({ outcome: "errored", message: "no cloud" }) };
  }

  it("describes the answers that are served, refusals included", async () => {
    const check = createChecker();
    const { id } = await tfe.createWorkspace("contract", { "working-directory": "a" });
    await tfe.must("POST", `workspaces/${id}/vars`, { data: { type: "vars", attributes: { key: "k", value: "v" } } });
    const notification = await tfe.must("POST", `workspaces/${id}/notification-configurations`, {
      data: {
        type: "notification-configurations",
        attributes: { name: "n", "destination-type": "generic", url: "https://example.com/", enabled: false },
      },
    });
    const run = await tfe.plannedRun(id);
    const stateful = await tfe.createWorkspace("contract-state");
    const [state, output] = await tfe.storeState(
      stateful.id,
      aState(1, { outputs: { zones: { value: ["a"], type: ["list", "string"] } } }),
    );
    const { finished, failed } = await assessments();
    const wrong: string[] = [];
    const paths = [
      "account/details",
      `organizations/${tfe.organization}`,
      `organizations/${tfe.organization}/projects`,
      `organizations/${tfe.organization}/workspaces`,
      `organizations/${tfe.organization}/workspaces/contract`,
      `organizations/${tfe.organization}/runs`,
      `workspaces/${id}`,
      `workspaces/${id}/vars`,
      `workspaces/${id}/all-vars`,
      `workspaces/${id}/notification-configurations`,
      `notification-configurations/${notification.id}`,
      `workspaces/${id}/runs`,
      `workspaces/${id}/configuration-versions`,
      `workspaces/${id}/current-state-version`,
      `workspaces/${id}/current-state-version-outputs`,
      `workspaces/${id}/relationships/tag-bindings`,
      `workspaces/ws-nothing`,
      `runs/${run.id}`,
      `runs/${run.id}?include=plan,workspace`,
      `plans/${run.relationships.plan.data.id}`,
      `applies/${run.relationships.apply.data.id}`,
      `configuration-versions/${run.relationships["configuration-version"].data.id}`,
      `runs/run-nothing`,
      `workspaces/${stateful.id}/current-state-version?include=outputs`,
      `workspaces/${stateful.id}/current-state-version-outputs`,
      `state-versions/${state.id}`,
      `state-version-outputs/${output.id}`,
      `assessment-results/${finished}`,
      `assessment-results/${failed}`,
      `assessment-results/${failed}/json-output`,
      `assessment-results/${finished}/json-schema`,
      `assessment-results/asmtres-nothing`,
      "workspaces/ws-nothing/current-assessment-result",
    ];
    let described = 0;
    for (const path of paths) {
      const answer = await tfe.api("GET", path);
      const problems = check("GET", path, answer.status, answer.json);
      if (problems === undefined) continue;
      described += 1;
      wrong.push(...problems.map((problem) => `${path}: ${problem}`));
    }
    expect(wrong).toEqual([]);
    expect(described).toBeGreaterThan(15);
  });

  it("describes change requests, those that are archived, and the refusal of a second time", async () => {
    const check = createChecker();
    const { id } = await tfe.createWorkspace("contract-changes");
    await tfe.must("POST", `organizations/${tfe.organization}/explorer/bulk-actions`, {
      data: {
        attributes: {
          action_type: "change_requests",
          action_inputs: { subject: "a", message: "b" },
          target_ids: [id],
        },
      },
    });
    await server.settle();
    const [request] = await tfe.must("GET", `workspaces/${id}/change-requests`);
    const archive = `change-requests/${request.id}/actions/archive`;
    for (const [method, path, status] of [
      ["GET", `workspaces/${id}/change-requests?archive=false`, 200],
      ["GET", `change-requests/${request.id}`, 200],
      ["POST", archive, 200],
      ["POST", archive, 400],
      ["GET", archive, 200],
      ["GET", "change-requests/wscr-nothing", 404],
    ] as const) {
      const answer = await tfe.api(method, path);
      expect([path, answer.status, check(method, path, answer.status, answer.json)]).toEqual([path, status, []]);
    }
  });
});
