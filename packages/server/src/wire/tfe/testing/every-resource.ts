import type { Route } from "../../shared/plane.ts";
import { aState, type TfeFixture } from "../../../testing/tfe-fixture.ts";
import { startWebhookReceiver } from "../../../testing/webhook-receiver.ts";
import {
  accessBody,
  bulkActionBody,
  notificationBody,
  parameterBody,
  policySetBody,
  variableBody,
  viewBody,
  workspaceTaskBody,
} from "./route-bodies.ts";

/**
 * One of everything that a path of the plane can name, around a workspace "walk" whose run waits for a person. The keys are
 * the parameters of the paths, and nouns where several paths say `:id`. The server must reach services on 127.0.0.1.
 */
export async function makeEveryResource(tfe: TfeFixture): Promise<Record<string, string>> {
  const { server } = tfe;
  const ids: Record<string, string> = {};
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
  ids["state_workspace_id"] = other.id;
  const [stateVersion, output] = await tfe.storeState(
    other.id,
    aState(1, { outputs: { o: { value: 1, type: "number" } } }),
  );
  ids["state"] = stateVersion.id;
  ids["output"] = output.id;
  const assessed = await tfe.createWorkspace("walk-assessed");
  ids["assessed_workspace_id"] = assessed.id;
  ids["assessment"] = await assess(tfe, assessed.id);
  ids["configuration"] = run.relationships["configuration-version"].data.id;
  return ids;
}

/** Applies a run and returns the assessment after it, which failed. */
async function assess(tfe: TfeFixture, id: string): Promise<string> {
  const { job } = await tfe.applyingRun(id);
  const resources = [{ mode: "managed", type: "m", name: "m", instances: [{}] }];
  await tfe.put(`${job.urls.state_upload}?final=true`, aState(1, { resources }));
  await tfe.complete(job);
  await tfe.must("POST", `workspaces/${id}/actions/assess`);
  await tfe.complete(await tfe.claimAssessment(), { outcome: "errored", message: "no cloud" });
  return (await tfe.must("GET", `workspaces/${id}/current-assessment-result`)).id as string;
}

/** Where a route is, with what {@link makeEveryResource} made. */
export function pathOf(route: Pick<Route, "path">, ids: Record<string, string>): string {
  const kinds = {
    applies: "apply",
    plans: "plan",
    "configuration-versions": "configuration",
    "state-versions": "state",
    "state-version-outputs": "output",
    "assessment-results": "assessment",
  };
  const noun = route.path.split("/")[1] ?? "";
  const own: Record<string, string | undefined> = {
    id: ids[kinds[noun as keyof typeof kinds]],
    team_access_id: ids[noun],
  };
  return route.path.replace(/:(\w+)/g, (_, name: string) => own[name] ?? ids[name] ?? "").slice(1);
}
