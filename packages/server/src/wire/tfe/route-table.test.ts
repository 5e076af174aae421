import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertTeam } from "../../features/teams/index.ts";
import type { Route } from "../shared/plane.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { startWebhookReceiver } from "../../testing/webhook-receiver.ts";
import { aState, md5, runBody, TfeFixture } from "../../testing/tfe-fixture.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { createTfePlane } from "./tfe-plane.ts";

const table = createTfePlane({} as TfeDeps).routes;

function nameOf(route: Pick<Route, "method" | "path">): string {
  return `${route.method} ${route.path}`;
}

const workspaceBody = { data: { type: "workspaces", attributes: { name: "walk-other" } } };
const patchBody = { data: { type: "workspaces", attributes: { description: "walked" } } };
const tagBindingsBody = { data: [{ type: "tag-bindings", attributes: { key: "k", value: "v" } }] };
const tagsBody = { data: [{ type: "tags", attributes: { name: "t" } }] };
const notificationBody = {
  data: {
    type: "notification-configurations",
    attributes: { name: "walked", "destination-type": "generic", url: "https://example.com/", enabled: false },
  },
};
const taskBody = {
  data: {
    type: "tasks",
    attributes: { name: "walked", url: "https://example.com/", category: "task", enabled: false },
  },
};
const workspaceTaskBody = {
  data: {
    type: "workspace-tasks",
    attributes: { "enforcement-level": "advisory", stages: ["pre_apply"] },
    relationships: { task: { data: { type: "tasks", id: "task-aaaaaaaaaaaaaaaa" } } },
  },
};
const policyBody = { data: { type: "policies", attributes: { name: "walked", kind: "opa", query: "data.a" } } };
const policySetBody = (name: string) => ({ data: { type: "policy-sets", attributes: { name, kind: "opa" } } });
const parameterBody = { data: { type: "vars", attributes: { key: "walked", category: "policy-set" } } };
const variableBody = { data: { type: "vars", attributes: { key: "walked", value: "1", category: "terraform" } } };
const variableSetBody = { data: { type: "varsets", attributes: { name: "walked" } } };
const retentionBody = { data: { type: "data-retention-policy-dont-deletes" } };
const viewBody = {
  data: { type: "explorer-saved-queries", attributes: { name: "walked", "query-type": "modules", query: {} } },
};
const bulkActionBody = (id: string) => ({
  data: {
    type: "bulk_actions",
    attributes: {
      action_type: "change_requests",
      action_inputs: { subject: "walked", message: "walk" },
      target_ids: [id],
    },
  },
});
const reservedBody = { data: { type: "reserved-tag-keys", attributes: { key: "walked" } } };
const sshKeyBody = { data: { type: "ssh-keys", attributes: { name: "walked", value: "private" } } };
const workspacesBody = (ids: Record<string, string>) => ({ data: [{ type: "workspaces", id: ids["workspace_id"] }] });
const projectsBody = (ids: Record<string, string>) => ({ data: [{ type: "projects", id: ids["project_id"] }] });

const teamBody = { data: { type: "teams", attributes: { name: "walked" } } };
const membersBody = (ids: Record<string, string>) => ({
  data: [{ type: "organization-memberships", id: ids["membership_id"] }],
});
const accessBody = (type: "team-workspaces" | "team-projects", ids: Record<string, string>) => ({
  data: {
    type,
    attributes: { access: "read" },
    relationships: {
      team: { data: { type: "teams", id: ids["team_id"] } },
      workspace: { data: { type: "workspaces", id: ids["workspace_id"] } },
      project: { data: { type: "projects", id: ids["project_id"] } },
    },
  },
});

/** A valid body for every route that takes one; a new route must be added here. */
const bodies: Record<string, (ids: Record<string, string>) => unknown> = {
  "PATCH /account/update": () => ({ data: { type: "users", attributes: {} } }),
  "POST /organizations": () => ({ data: { type: "organizations", attributes: { name: "walked", email: "a@b" } } }),
  "POST /organizations/:organization/organization-memberships": () => ({
    data: { type: "organization-memberships", attributes: { email: "walked@acme.example" } },
  }),
  "POST /organizations/:organization/teams": () => teamBody,
  "PATCH /teams/:team_id": () => ({ data: { type: "teams", attributes: {} } }),
  "POST /teams/:team_id/relationships/users": () => ({ data: [{ type: "users", id: "admin" }] }),
  "DELETE /teams/:team_id/relationships/users": () => ({ data: [{ type: "users", id: "nobody" }] }),
  "POST /teams/:team_id/relationships/organization-memberships": (ids) => membersBody(ids),
  "DELETE /teams/:team_id/relationships/organization-memberships": (ids) => membersBody(ids),
  "POST /team-workspaces": (ids) => accessBody("team-workspaces", ids),
  "PATCH /team-workspaces/:team_access_id": () => ({ data: { type: "team-workspaces", attributes: {} } }),
  "POST /team-projects": (ids) => accessBody("team-projects", ids),
  ...Object.fromEntries(
    [
      "POST /users/:user_id/authentication-tokens",
      "POST /teams/:team_id/authentication-token",
      "POST /teams/:team_id/authentication-tokens",
      "POST /organizations/:organization/authentication-token",
    ].map((name) => [name, () => ({ data: { type: "authentication-tokens", attributes: { description: name } } })]),
  ),
  "PATCH /team-projects/:team_access_id": () => ({ data: { type: "team-projects", attributes: {} } }),
  "POST /admin/organizations/:organization/subscription": () => ({
    data: { relationships: { "feature-set": { data: { type: "feature-sets", id: "fs-ingot" } } } },
  }),
  "PATCH /organizations/:organization": () => ({ data: { type: "organizations", attributes: {} } }),
  "POST /organizations/:organization/projects": () => ({
    data: { type: "projects", attributes: { name: "walked" } },
  }),
  "POST /workspaces/:workspace_id/relationships/data-retention-policy": () => retentionBody,
  "PATCH /workspaces/:workspace_id/relationships/data-retention-policy": () => retentionBody,
  "POST /organizations/:organization/relationships/data-retention-policy": () => retentionBody,
  "PATCH /organizations/:organization/relationships/data-retention-policy": () => retentionBody,
  "DELETE /organizations/:organization/tags": (ids) => ({ data: [{ type: "tags", id: ids["tag_id"] }] }),
  "POST /tags/:tag_id/relationships/workspaces": workspacesBody,
  "POST /organizations/:organization/reserved-tag-keys": () => reservedBody,
  "PATCH /reserved-tag-keys/:reserved_tag_key_id": () => reservedBody,
  "POST /organizations/:organization/ssh-keys": () => sshKeyBody,
  "PATCH /ssh-keys/:ssh_key_id": () => sshKeyBody,
  "PATCH /workspaces/:workspace_id/relationships/ssh-key": (ids) => ({
    data: { type: "workspaces", attributes: { id: ids["ssh_key_id"] } },
  }),
  "PATCH /projects/:project_id": () => ({ data: { type: "projects", attributes: { description: "walked" } } }),
  "PATCH /projects/:project_id/tag-bindings": () => tagBindingsBody,
  "POST /organizations/:organization/explorer/bulk-actions": (ids) => bulkActionBody(ids["workspace_id"] ?? ""),
  "POST /organizations/:organization/explorer/views": () => viewBody,
  "PATCH /organizations/:organization/explorer/views/:explorer_view_id": () => viewBody,
  "POST /organizations/:organization/varsets": () => variableSetBody,
  "PATCH /varsets/:varset_id": () => variableSetBody,
  "POST /varsets/:varset_id/relationships/workspaces": workspacesBody,
  "DELETE /varsets/:varset_id/relationships/workspaces": workspacesBody,
  "POST /varsets/:varset_id/relationships/projects": projectsBody,
  "DELETE /varsets/:varset_id/relationships/projects": projectsBody,
  "POST /varsets/:varset_id/relationships/vars": () => variableBody,
  "PATCH /varsets/:varset_id/relationships/vars/:set_variable_id": () => variableBody,
  "POST /organizations/:organization/workspaces": () => workspaceBody,
  "PATCH /organizations/:organization/workspaces/:workspace_name": () => patchBody,
  "PATCH /workspaces/:workspace_id": () => patchBody,
  "POST /workspaces/:workspace_id/actions/lock": () => ({ data: { type: "", attributes: { reason: "walk" } } }),
  "PATCH /workspaces/:workspace_id/tag-bindings": () => tagBindingsBody,
  "PATCH /workspaces/:workspace_id/relationships/tag-bindings": () => tagBindingsBody,
  "POST /workspaces/:workspace_id/relationships/tags": () => tagsBody,
  "DELETE /workspaces/:workspace_id/relationships/tags": () => tagsBody,
  "POST /workspaces/:workspace_id/relationships/remote-state-consumers": workspacesBody,
  "PATCH /workspaces/:workspace_id/relationships/remote-state-consumers": workspacesBody,
  "DELETE /workspaces/:workspace_id/relationships/remote-state-consumers": workspacesBody,
  "PATCH /workspaces/:workspace_id/state-versions": (ids) => ({
    data: {
      type: "state-versions",
      relationships: { "rollback-state-version": { data: { type: "state-versions", id: ids["state"] } } },
    },
  }),
  "POST /workspaces/:workspace_id/vars": () => variableBody,
  "PATCH /workspaces/:workspace_id/vars/:variable_id": () => variableBody,
  "PATCH /workspaces/:workspace_id/relationships/vars": (ids) => ({ data: [{ type: "vars", id: ids["variable_id"] }] }),
  "POST /workspaces/:workspace_id/notification-configurations": () => notificationBody,
  "POST /projects/:project_id/notification-configurations": () => notificationBody,
  "POST /teams/:team_id/notification-configurations": () => notificationBody,
  "PATCH /notification-configurations/:notification_configuration_id": () => notificationBody,
  "POST /workspaces/:workspace_id/configuration-versions": () => ({
    data: { type: "configuration-versions", attributes: {} },
  }),
  "POST /runs": (ids) => runBody(ids["workspace_id"] ?? "", {}),
  "POST /runs/:run_id/actions/apply": () => ({}),
  "POST /runs/:run_id/actions/discard": () => ({}),
  "POST /runs/:run_id/actions/cancel": () => ({}),
  "POST /runs/:run_id/actions/force-cancel": () => ({}),
  "POST /runs/:run_id/actions/force-execute": () => ({}),
  "POST /organizations/:organization/tasks": () => taskBody,
  "PATCH /tasks/:task_id": () => taskBody,
  "POST /workspaces/:workspace_id/tasks": () => workspaceTaskBody,
  "PATCH /workspaces/:workspace_id/tasks/:workspace_task_id": () => workspaceTaskBody,
  "POST /workspaces/:workspace_id/run-triggers": (ids) => ({
    data: {
      type: "run-triggers",
      relationships: { sourceable: { data: { type: "workspaces", id: ids["source_id"] ?? "" } } },
    },
  }),
  "POST /organizations/:organization/agent-pools": () => ({
    data: { type: "agent-pools", attributes: { name: "walked" } },
  }),
  "PATCH /agent-pools/:agent_pool_id": () => ({ data: { type: "agent-pools", attributes: { name: "walk-pool" } } }),
  "POST /agent-pools/:agent_pool_id/authentication-tokens": () => ({
    data: { type: "agent-tokens", attributes: { description: "walked" } },
  }),
  "POST /runs/:run_id/comments": () => ({ data: { type: "comments", attributes: { body: "walked" } } }),
  "POST /task-stages/:task_stage_id/actions/override": () => ({}),
  "POST /organizations/:organization/policies": () => policyBody,
  "PATCH /policies/:policy_id": () => ({ data: { type: "policies", attributes: { description: "walked" } } }),
  "POST /organizations/:organization/policy-sets": () => policySetBody("walked"),
  "PATCH /policy-sets/:policy_set_id": () => policySetBody("walk"),
  "POST /policy-sets/:policy_set_id/parameters": () => parameterBody,
  "PATCH /policy-sets/:policy_set_id/parameters/:parameter_id": () => parameterBody,
  ...Object.fromEntries(
    ["policies", "workspaces", "workspace-exclusions", "projects", "project-exclusions"].flatMap((kind) =>
      ["POST", "DELETE"].map((method) => [
        `${method} /policy-sets/:policy_set_id/relationships/${kind}`,
        () => ({ data: [{ id: "none", type: kind }] }),
      ]),
    ),
  ),
  "PATCH /admin/organizations/:organization_name": () => ({ data: { type: "organizations", attributes: {} } }),
  ...Object.fromEntries(
    ["terraform-versions", "opa-versions", "sentinel-versions"].flatMap((type) =>
      [`POST /admin/${type}`, `PATCH /admin/${type}/:tool_version_id`].map((name) => [
        name,
        () => ({ data: { type } }),
      ]),
    ),
  ),
  "PATCH /task-results/:callback_id/callback": () => ({
    data: { type: "task-results", attributes: { status: "passed" } },
  }),
  "POST /workspaces/:workspace_id/state-versions": () => ({
    data: { type: "state-versions", attributes: { serial: 1, md5: md5("x"), lineage: "l" } },
  }),
};

/** Asking for these says nothing about anybody else's resources. */
const ownOrNothing = new Set([
  "GET /ping",
  "GET /account/details",
  "PATCH /account/update",
  "GET /organizations",
  "GET /admin/feature-sets",
  "POST /organizations",
  "GET /organization-memberships",
  "GET /organization/audit-trail",
  "GET /team-workspaces",
  "GET /team-projects",
  "GET /state-versions",
  "PATCH /task-results/:callback_id/callback",
]);

/** Everybody may do this to itself; organizations.test.ts says who may make organizations. */
const ofTheCaller = new Set([
  "PATCH /account/update",
  "POST /organizations",
  "POST /organization-memberships/:membership_id/actions/accept",
  // A person's own, and a team's, which viewers do not see; tokens.test.ts says who manages them.
  "POST /users/:user_id/authentication-tokens",
  "DELETE /authentication-tokens/:token_id",
  "POST /teams/:team_id/authentication-token",
  "POST /teams/:team_id/authentication-tokens",
  "DELETE /teams/:team_id/authentication-token",
]);

/** Only the credential of a service that was asked about a run opens these. */
const ofServices = new Set(["PATCH /task-results/:callback_id/callback"]);

describe.each(databasesUnderTest())("every route of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let stranger: string;
  let viewer: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    stranger = await tfe.strangerToken();
    viewer = await tfe.tokenOf("viewer");
    const workspace = await tfe.createWorkspace("walk");
    const variable = await tfe.must("POST", `workspaces/${workspace.id}/vars`, variableBody);
    const notification = await tfe.must(
      "POST",
      `workspaces/${workspace.id}/notification-configurations`,
      notificationBody,
    );
    const receiver = await startWebhookReceiver();
    const task = await tfe.must("POST", `organizations/${tfe.organization}/tasks`, {
      data: { type: "tasks", attributes: { name: "walk", url: receiver.url, category: "task" } },
    });
    await receiver.close();
    const attached = { data: { ...workspaceTaskBody.data, relationships: { task: { data: { id: task.id } } } } };
    const workspaceTask = await tfe.must("POST", `workspaces/${workspace.id}/tasks`, attached);
    Object.assign(ids, { task_id: task.id, workspace_task_id: workspaceTask.id });
    const run = await tfe.plannedRun(workspace.id);
    const team = await tfe.must("POST", `organizations/${tfe.organization}/teams`, {
      data: { type: "teams", attributes: { name: "walking" } },
    });
    ids["team_id"] = team.id;
    const [membership] = await tfe.must("GET", "organization-memberships");
    ids["membership_id"] = membership.id;
    for (const type of ["team-workspaces", "team-projects"] as const) {
      const where = { workspace_id: workspace.id, project_id: workspace.relationships.project.data.id };
      ids[type] = (await tfe.must("POST", type, accessBody(type, { team_id: team.id, ...where }))).id;
    }
    Object.assign(ids, {
      organization: tfe.organization,
      organization_name: tfe.organization,
      tool_version_id: "tofu-1.6.2",
      workspace_id: workspace.id,
      workspace_name: "walk",
      project_id: workspace.relationships.project.data.id,
      user_id: (await tfe.must("GET", "account/details")).id,
      variable_id: variable.id,
      notification_configuration_id: notification.id,
      run_id: run.id,
    });
    const reserved = await tfe.must("POST", `organizations/${tfe.organization}/reserved-tag-keys`, {
      data: { type: "reserved-tag-keys", attributes: { key: "walk" } },
    });
    const view = await tfe.must("POST", `organizations/${tfe.organization}/explorer/views`, viewBody);
    ids["explorer_view_id"] = view.id;
    await tfe.must("POST", `organizations/${tfe.organization}/explorer/bulk-actions`, bulkActionBody(workspace.id));
    await server.settle();
    ids["change_request_id"] = (await tfe.must("GET", `workspaces/${workspace.id}/change-requests`))[0].id;
    const sshKey = await tfe.must("POST", `organizations/${tfe.organization}/ssh-keys`, {
      data: { type: "ssh-keys", attributes: { name: "walk", value: "private" } },
    });
    Object.assign(ids, { reserved_tag_key_id: reserved.id, ssh_key_id: sshKey.id, tag_id: "tag-dA" });
    const set = await tfe.must("POST", `organizations/${tfe.organization}/varsets`, {
      data: { type: "varsets", attributes: { name: "walk" } },
    });
    const setVariable = await tfe.must("POST", `varsets/${set.id}/relationships/vars`, variableBody);
    Object.assign(ids, { varset_id: set.id, set_variable_id: setVariable.id });
    const sources = [await tfe.createWorkspace("walk-source"), await tfe.createWorkspace("walk-source-2")];
    ids["source_id"] = sources[0].id;
    ids["run_trigger_id"] = (
      await tfe.must("POST", `workspaces/${workspace.id}/run-triggers`, {
        data: { relationships: { sourceable: { data: { type: "workspaces", id: sources[1].id } } } },
      })
    ).id;
    const pool = await tfe.must("POST", `organizations/${tfe.organization}/agent-pools`, {
      data: { type: "agent-pools", attributes: { name: "walk-pool" } },
    });
    ids["agent_pool_id"] = pool.id;
    const poolToken = await tfe.must("POST", `agent-pools/${pool.id}/authentication-tokens`, {
      data: { type: "agent-tokens", attributes: { description: "walk" } },
    });
    ids["token_id"] = poolToken.id;
    await tfe.runner("/jobs/claim", { runner: "walker", engines: [], wait_seconds: 0 }, poolToken.attributes.token);
    ids["agent_id"] = (await tfe.must("GET", `agent-pools/${pool.id}/agents`))[0].id;
    ids["comment_id"] = (
      await tfe.must("POST", `runs/${run.id}/comments`, { data: { type: "comments", attributes: { body: "x" } } })
    ).id;
    ids["run_event_id"] = (await tfe.must("GET", `runs/${run.id}/run-events`))[0].id;
    const policy = await tfe.must("POST", `organizations/${tfe.organization}/policies`, {
      data: { type: "policies", attributes: { name: "walk", kind: "opa", query: "data.a" } },
    });
    const policySet = await tfe.must("POST", `organizations/${tfe.organization}/policy-sets`, policySetBody("walk"));
    const parameter = await tfe.must("POST", `policy-sets/${policySet.id}/parameters`, parameterBody);
    const version = await tfe.must("POST", `policy-sets/${policySet.id}/versions`);
    Object.assign(ids, {
      policy_id: policy.id,
      policy_set_id: policySet.id,
      parameter_id: parameter.id,
      policy_set_version_id: version.id,
      policy_evaluation_id: "poleval-bbbbbbbbbbbbbbbb",
      policy_set_outcome_id: "psout-bbbbbbbbbbbbbbbb",
    });
    ids["team_id"] ??= (
      await insertTeam(
        server.db,
        { organizationId: server.organizationId, name: "walk", visibility: "organization" },
        0,
      )
    ).id;
    ids["task_stage_id"] = run.relationships["task-stages"].data[0].id;
    const stage = await tfe.must("GET", `task-stages/${ids["task_stage_id"]}`);
    ids["task_result_id"] = stage.relationships["task-results"].data[0].id;
    ids["outcome_id"] = "outcome-bbbbbbbbbbbbbbbb";
    const times = { created_at: 0, updated_at: 0 };
    await server.db
      .insertInto("policy_evaluations")
      .values({
        id: "poleval-bbbbbbbbbbbbbbbb",
        task_stage_id: ids["task_stage_id"] ?? "",
        kind: "opa",
        status: "pending",
        status_times: "{}",
        ...times,
      })
      .execute();
    await server.db
      .insertInto("policy_set_outcomes")
      .values({
        id: "psout-bbbbbbbbbbbbbbbb",
        policy_evaluation_id: "poleval-bbbbbbbbbbbbbbbb",
        policy_set_id: policySet.id,
        policy_set_name: "walk",
        policy_set_description: "",
        overridable: 0,
        position: 0,
        passed: 0,
        advisory_failed: 0,
        mandatory_failed: 0,
        errored: 0,
        created_at: 0,
      })
      .execute();
    const outcome = { id: ids["outcome_id"], task_result_id: ids["task_result_id"] ?? "", position: 0, created_at: 0 };
    await server.db
      .insertInto("task_result_outcomes")
      .values({ ...outcome, description: "", tags: "[]" })
      .execute();
    ids["plan"] = run.relationships.plan.data.id;
    ids["apply"] = run.relationships.apply.data.id;
    const other = await tfe.createWorkspace("walk-state");
    const [stateVersion, output] = await tfe.storeState(
      other.id,
      aState(1, { outputs: { o: { value: 1, type: "number" } } }),
    );
    ids["state"] = stateVersion.id;
    ids["output"] = output.id;
    ids["assessment"] = await anAssessment();
    ids["configuration"] = run.relationships["configuration-version"].data.id;
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  /** One that failed, of a workspace of its own. */
  async function anAssessment(): Promise<string> {
    const { id } = await tfe.createWorkspace("walk-assessed");
    const { job } = await tfe.applyingRun(id);
    const resources = [{ mode: "managed", type: "m", name: "m", instances: [{}] }];
    await tfe.put(`${job.urls.state_upload}?final=true`, aState(1, { resources }));
    await tfe.complete(job);
    await tfe.must("POST", `workspaces/${id}/actions/assess`);
    await tfe.complete(await tfe.claimAssessment(), { outcome: "errored", message: "no cloud" });
    return (await tfe.must("GET", `workspaces/${id}/current-assessment-result`)).id as string;
  }

  function pathOf(route: Pick<Route, "path">): string {
    const kinds = {
      applies: "apply",
      plans: "plan",
      "configuration-versions": "configuration",
      "state-versions": "state",
      "state-version-outputs": "output",
      "assessment-results": "assessment",
    };
    ids["team_access_id"] = ids[route.path.split("/")[1] ?? ""] ?? "";
    const id = ids[kinds[route.path.split("/")[1] as keyof typeof kinds]];
    return route.path.replace(/:(\w+)/g, (_, name: string) => (name === "id" ? id : ids[name]) ?? "").slice(1);
  }

  it.each(table.map((route) => [nameOf(route), route] as const))(
    "%s has a body to test with, if it takes one",
    (name, route) => {
      expect(route.body !== undefined).toBe(name in bodies);
      expect(route.audit).toMatch(/^[a-z-]+\.[a-z-]+$/);
    },
  );

  it.each(table.filter((route) => route.needs !== "public").map((route) => [nameOf(route), route] as const))(
    "%s answers 401 without a credential, and to a bad one",
    async (name, route) => {
      const body = bodies[name]?.(ids);
      for (const token of [null, "ingot_nonsense"]) {
        const answer = await tfe.api(route.method, pathOf(route), body, { token });
        expect(answer.status).toBe(401);
        expect(answer.json.errors[0]).toMatchObject({ status: "401", title: "unauthorized" });
        expect(answer.headers.get("tfp-api-version")).toBe("2.6");
      }
    },
  );

  it.each(table.filter((route) => !ownOrNothing.has(nameOf(route))).map((route) => [nameOf(route), route] as const))(
    "%s answers a stranger as if nothing were there",
    async (name, route) => {
      const body = bodies[name]?.(ids);
      const hidden = await tfe.api(route.method, pathOf(route), body, { token: stranger });
      const missing = await tfe.api(
        route.method,
        pathOf(route)
          .replace(/\b([a-z]+)-[1-9A-Za-z]{16}\b/g, "$1-aaaaaaaaaaaaaaaa")
          .replace(/\b(wsc|re)-\w{26}\b/g, "$1-aaaaaaaaaaaaaaaa")
          .replace(`organizations/${tfe.organization}`, "organizations/nowhere"),
        name === "POST /runs" ? runBody("ws-aaaaaaaaaaaaaaaa", {}) : body,
        { token: stranger },
      );
      expect(hidden.status).toBe(404);
      expect(hidden.json).toEqual(missing.json);
      expect(missing.status).toBe(404);
    },
  );

  const writes = table.filter((route) => route.method !== "GET" && !ofTheCaller.has(nameOf(route)));
  it.each(writes.map((route) => [nameOf(route), route] as const))(
    "%s refuses a viewer, who may only read",
    async (name, route) => {
      const answer = await tfe.api(route.method, pathOf(route), bodies[name]?.(ids), { token: viewer });
      expect(answer.status).toBe(403);
      expect(answer.json.errors[0].detail).toContain("viewer");
    },
  );

  it.each(
    table
      .filter((route) => route.body !== undefined && !ofServices.has(nameOf(route)))
      .map((route) => [nameOf(route), route] as const),
  )("%s refuses bad bodies in the plane's own words", async (_name, route) => {
    const path = pathOf(route);
    const malformed = await tfe.api(route.method, path, "{not json");
    expect(malformed.status).toBe(400);
    expect(malformed.json.errors[0].status).toBe("400");
    const wrongType = await tfe.api(route.method, path, "data=1", { headers: { "content-type": "text/plain" } });
    expect(wrongType.status).toBe(415);
    expect(wrongType.json.errors[0].title).toBe("unsupported media type");
    const wrongShape = await tfe.api(route.method, path, JSON.stringify({ data: "x", comment: 5 }));
    expect(wrongShape.status).toBe(422);
    expect(wrongShape.headers.get("content-type")).toContain("application/vnd.api+json");
    if (route.bodyBytesMax === undefined) {
      const oversized = await tfe.api(route.method, path, `"${"x".repeat(1 << 20)}"`);
      expect(oversized.status).toBe(413);
    }
  });

  it("an unknown path, and one of the published API that is not served, is a JSON:API 404", async () => {
    for (const path of ["nothing", "organizations/x/teams", `runs/${ids["run_id"]}/cost-estimate`]) {
      const answer = await tfe.api("GET", path);
      expect(answer.status).toBe(404);
      expect(answer.json.errors[0]).toMatchObject({ status: "404", title: "not found" });
      expect(answer.headers.get("content-type")).toContain("application/vnd.api+json");
    }
  });
});
