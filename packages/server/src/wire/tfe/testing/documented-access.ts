/**
 * Who may do what, as it is documented and not as the code has it. Source: HCP Terraform, permissions of workspaces, projects
 * and organizations, API tokens, and the notes on permissions in the pages of the API. A level that a client shows is the
 * name of a caller: `workspace write` is a team with that level at the workspace, `project admin` one at its project,
 * `organization manage-teams` one with that flag, `custom …` one with a custom level at the workspace of which only this was
 * set, `custom project …` the same at the project. `elsewhere` are administrators of another workspace or project.
 */
export interface Access {
  readonly may: string;
  readonly callers: readonly string[];
  readonly routes: readonly string[];
  /** Whoever does not see the workspace is told that there is none. */
  readonly ofWorkspace?: true;
}

const managers = ["organization manage-workspaces", "organization manage-projects", "owner"];
const admins = ["workspace admin", "project maintain", "project admin", ...managers];
const writers = ["workspace write", "project write", ...admins];
const planners = ["workspace plan", ...writers];
const readers = [
  "workspace read",
  "project read",
  "organization read-workspaces",
  "organization read-projects",
  ...planners,
];
const customs = [
  "custom",
  "custom runs apply",
  "custom variables read",
  "custom variables write",
  "custom state-versions read-outputs",
  "custom state-versions read",
  "custom state-versions write",
  "custom workspace-locking",
  "custom run-tasks",
  "custom policy-overrides",
];
const projectCustoms = [
  "custom project",
  "custom project settings",
  "custom project teams",
  "custom project create",
  "custom project delete",
];
/** Everything of it by the API, but for what starts or decides something. */
const token = "organization token";

const seers = [
  ...readers,
  ...customs,
  ...projectCustoms,
  token,
  "organization manage-policies",
  "organization manage-policy-overrides",
];
export const seersOfTheWorkspace: readonly string[] = [...seers, "organization manage-agent-pools"];

export const organizationFlags = [
  "manage-policies",
  "manage-policy-overrides",
  "manage-run-tasks",
  "manage-workspaces",
  "manage-projects",
  "read-workspaces",
  "read-projects",
  "manage-vcs-settings",
  "manage-agent-pools",
  "manage-modules",
  "manage-providers",
  "manage-membership",
  "manage-teams",
  "manage-organization-access",
  "access-secret-teams",
];

/** Every kind of caller; `nobody` has no credential. */
export const callers: readonly string[] = [
  "owner",
  ...["read", "plan", "write", "admin"].map((level) => `workspace ${level}`),
  ...["read", "write", "maintain", "admin"].map((level) => `project ${level}`),
  ...customs,
  ...projectCustoms,
  ...organizationFlags.map((flag) => `organization ${flag}`),
  token,
  "team without access",
  "workspace admin elsewhere",
  "project admin elsewhere",
  "audit token",
  "agent token",
  "run token",
  "stranger",
  "nobody",
];

const workspace = "/workspaces/:workspace_id";
const organization = "/organizations/:organization";
const crud = (path: string, id: string): string[] => [
  `POST ${organization}${path}`,
  `PATCH ${path}/:${id}`,
  `DELETE ${path}/:${id}`,
];

export const documentedAccess: readonly Access[] = [
  {
    may: "see the workspace",
    ofWorkspace: true,
    callers: seersOfTheWorkspace,
    routes: [
      `GET ${workspace}`,
      `GET ${organization}/workspaces/:workspace_name`,
      `GET ${workspace}/tag-bindings`,
      `GET ${workspace}/relationships/tag-bindings`,
      `GET ${workspace}/effective-tag-bindings`,
      `GET ${workspace}/relationships/tags`,
      `GET ${workspace}/relationships/remote-state-consumers`,
      `GET ${workspace}/tasks`,
      `GET ${workspace}/tasks/:workspace_task_id`,
    ],
  },
  {
    may: "read runs",
    ofWorkspace: true,
    callers: seers,
    routes: [
      `GET ${workspace}/runs`,
      `GET ${workspace}/configuration-versions`,
      `GET ${workspace}/run-triggers`,
      "GET /configuration-versions/:id",
      "GET /configuration-versions/:id/download",
      "GET /runs/:run_id",
      "GET /runs/:run_id/configuration-version",
      "GET /runs/:run_id/configuration-version/download",
      "GET /runs/:run_id/comments",
      "GET /comments/:comment_id",
      "GET /runs/:run_id/run-events",
      "GET /run-events/:run_event_id",
      "GET /runs/:run_id/plan",
      "GET /runs/:run_id/apply",
      "GET /plans/:id",
      "GET /applies/:id",
      "GET /run-triggers/:run_trigger_id",
      "GET /runs/:run_id/task-stages",
      "GET /task-stages/:task_stage_id",
      "GET /task-stages/:task_stage_id/policy-evaluations",
      "GET /task-results/:task_result_id",
      "GET /task-results/:task_result_id/outcomes",
      "GET /task-result-outcomes/:outcome_id",
      "GET /policy-evaluations/:policy_evaluation_id",
      "GET /policy-evaluations/:policy_evaluation_id/policy-set-outcomes",
      "GET /policy-set-outcomes/:policy_set_outcome_id",
    ],
  },
  {
    may: "queue plans",
    ofWorkspace: true,
    callers: [...planners, "custom runs apply"],
    routes: [
      "POST /runs/:run_id/comments",
      `POST ${workspace}/configuration-versions`,
      "POST /configuration-versions/:id/actions/archive",
    ],
  },
  {
    may: "queue plans of the workspace that the body names",
    callers: [...planners, "custom runs apply"],
    routes: ["POST /runs"],
  },
  {
    may: "apply runs",
    ofWorkspace: true,
    callers: [...writers, "custom runs apply"],
    routes: ["apply", "discard", "cancel", "force-execute"].map((act) => `POST /runs/:run_id/actions/${act}`),
  },
  {
    may: "override policies",
    ofWorkspace: true,
    callers: ["organization manage-policy-overrides", "custom policy-overrides", "owner"],
    routes: ["POST /task-stages/:task_stage_id/actions/override"],
  },
  {
    may: "read variables",
    ofWorkspace: true,
    callers: [...readers, "custom variables read", "custom variables write", token],
    routes: [`GET ${workspace}/vars`, `GET ${workspace}/all-vars`, `GET ${workspace}/vars/:variable_id`],
  },
  {
    may: "write variables",
    ofWorkspace: true,
    callers: [...writers, "custom variables write", token],
    routes: [
      `PATCH ${workspace}/relationships/vars`,
      `POST ${workspace}/vars`,
      `PATCH ${workspace}/vars/:variable_id`,
      `DELETE ${workspace}/vars/:variable_id`,
    ],
  },
  {
    may: "read outputs of states",
    ofWorkspace: true,
    callers: [
      ...readers,
      "custom state-versions read-outputs",
      "custom state-versions read",
      "custom state-versions write",
      token,
    ],
    routes: ["GET /state-versions/:id/outputs", "GET /state-version-outputs/:id"],
  },
  {
    may: "read states",
    ofWorkspace: true,
    callers: [...readers, "custom state-versions read", "custom state-versions write", token],
    routes: [`GET ${workspace}/resources`, "GET /state-versions/:id", "GET /state-versions/:id/download"],
  },
  {
    may: "write states",
    ofWorkspace: true,
    callers: [...writers, "custom state-versions write"],
    routes: [`POST ${workspace}/state-versions`, `PATCH ${workspace}/state-versions`],
  },
  {
    may: "lock the workspace",
    ofWorkspace: true,
    callers: [...writers, "custom workspace-locking", token],
    routes: [`POST ${workspace}/actions/lock`, `POST ${workspace}/actions/unlock`],
  },
  {
    may: "attach run tasks",
    ofWorkspace: true,
    callers: [...admins, "custom run-tasks", token],
    routes: [
      `POST ${workspace}/tasks`,
      `PATCH ${workspace}/tasks/:workspace_task_id`,
      `DELETE ${workspace}/tasks/:workspace_task_id`,
    ],
  },
  {
    may: "delete the workspace",
    ofWorkspace: true,
    callers: [...admins, "custom project delete", token],
    routes: [
      `DELETE ${workspace}`,
      `DELETE ${organization}/workspaces/:workspace_name`,
      `POST ${workspace}/actions/safe-delete`,
      `POST ${organization}/workspaces/:workspace_name/actions/safe-delete`,
    ],
  },
  {
    may: "administer the workspace",
    ofWorkspace: true,
    callers: [...admins, token],
    routes: [
      `PATCH ${workspace}`,
      `PATCH ${organization}/workspaces/:workspace_name`,
      `POST ${workspace}/actions/force-unlock`,
      `POST ${workspace}/relationships/remote-state-consumers`,
      `PATCH ${workspace}/relationships/remote-state-consumers`,
      `DELETE ${workspace}/relationships/remote-state-consumers`,
      `PATCH ${workspace}/relationships/ssh-key`,
      `DELETE ${workspace}/relationships/tags`,
      `GET ${workspace}/notification-configurations`,
      `POST ${workspace}/notification-configurations`,
      "GET /notification-configurations/:notification_configuration_id",
      "PATCH /notification-configurations/:notification_configuration_id",
      "DELETE /notification-configurations/:notification_configuration_id",
      `POST ${workspace}/run-triggers`,
      "DELETE /run-triggers/:run_trigger_id",
      "POST /team-workspaces",
      "GET /team-workspaces/:team_access_id",
      "PATCH /team-workspaces/:team_access_id",
      "DELETE /team-workspaces/:team_access_id",
    ],
  },
  {
    // The organization's token acts on no run and starts no assessment.
    may: "interfere with runs, and assess",
    ofWorkspace: true,
    callers: admins,
    routes: ["POST /runs/:run_id/actions/force-cancel", `POST ${workspace}/actions/assess`],
  },
  {
    may: "read plans with their secrets",
    ofWorkspace: true,
    callers: admins,
    routes: [
      "GET /plans/:id/json-output",
      "GET /runs/:run_id/plan/json-output",
      "GET /assessment-results/:id/json-output",
      "GET /assessment-results/:id/json-schema",
      "GET /assessment-results/:id/log-output",
    ],
  },
  {
    may: "create workspaces",
    callers: ["project maintain", "project admin", "custom project create", ...managers, token],
    routes: [`POST ${organization}/workspaces`],
  },
  {
    may: "create projects",
    callers: ["organization manage-projects", "owner", token],
    routes: [`POST ${organization}/projects`],
  },
  {
    may: "change the project",
    callers: ["project admin", "custom project settings", "organization manage-projects", "owner", token],
    routes: ["PATCH /projects/:project_id"],
  },
  {
    may: "say who may do what in the project",
    callers: ["project admin", "custom project teams", "organization manage-projects", "owner", token],
    routes: [
      "POST /team-projects",
      "GET /team-projects/:team_access_id",
      "PATCH /team-projects/:team_access_id",
      "DELETE /team-projects/:team_access_id",
    ],
  },
  {
    may: "manage policies",
    callers: ["organization manage-policies", "owner", token],
    routes: [
      ...crud("/policies", "policy_id"),
      ...crud("/policy-sets", "policy_set_id"),
      "PUT /policies/:policy_id/upload",
      "POST /policy-sets/:policy_set_id/versions",
      "POST /policy-sets/:policy_set_id/parameters",
      "PATCH /policy-sets/:policy_set_id/parameters/:parameter_id",
      "DELETE /policy-sets/:policy_set_id/parameters/:parameter_id",
      ...["policies", "workspaces", "workspace-exclusions", "projects", "project-exclusions"].flatMap((kind) => [
        `POST /policy-sets/:policy_set_id/relationships/${kind}`,
        `DELETE /policy-sets/:policy_set_id/relationships/${kind}`,
      ]),
    ],
  },
  {
    may: "manage run tasks",
    callers: ["organization manage-run-tasks", "owner", token],
    routes: crud("/tasks", "task_id"),
  },
  {
    may: "manage agent pools",
    callers: ["organization manage-agent-pools", "owner", token],
    routes: [
      ...crud("/agent-pools", "agent_pool_id"),
      "GET /agent-pools/:agent_pool_id/authentication-tokens",
      "POST /agent-pools/:agent_pool_id/authentication-tokens",
      "DELETE /agents/:agent_id",
    ],
  },
  {
    may: "manage members",
    callers: [
      "organization manage-membership",
      "organization manage-teams",
      "organization manage-organization-access",
      "owner",
      token,
    ],
    routes: [
      `POST ${organization}/organization-memberships`,
      "DELETE /organization-memberships/:membership_id",
      "POST /teams/:team_id/relationships/users",
      "DELETE /teams/:team_id/relationships/users",
      "POST /teams/:team_id/relationships/organization-memberships",
      "DELETE /teams/:team_id/relationships/organization-memberships",
    ],
  },
  {
    may: "manage teams",
    callers: ["organization manage-teams", "organization manage-organization-access", "owner", token],
    routes: crud("/teams", "team_id"),
  },
  {
    may: "change the organization",
    callers: ["owner"],
    routes: [
      `PATCH ${organization}`,
      `DELETE ${organization}`,
      `POST ${organization}/relationships/data-retention-policy`,
      `PATCH ${organization}/relationships/data-retention-policy`,
      `DELETE ${organization}/relationships/data-retention-policy`,
      `POST ${organization}/authentication-token`,
      `DELETE ${organization}/authentication-token`,
    ],
  },
  {
    may: "read the audit trail",
    callers: ["audit token", token],
    routes: ["GET /organization/audit-trail"],
  },
];

/**
 * Of these nothing is documented that differs between members of an organization, or the answer is about the caller itself.
 * route-table.test.ts holds that strangers find nothing there and that viewers change nothing.
 */
export const undocumented: readonly RegExp[] = [
  /^GET \/(ping|account|users|organizations|organization-memberships|admin|tags|teams|team-\w+|authentication-tokens)\b/,
  /^(POST|PATCH) \/(organizations|account\/update)$/,
  /\/admin\//,
  /\/organization-memberships\/:membership_id\/actions\/accept$/,
  /authentication-token/,
  /\/varsets\b/,
  /\/applicable-varsets$/,
  /\/(explorer|change-requests)\b/,
  /\/ssh-keys\b/,
  /\/reserved-tag-keys\b/,
  /\/tag-bindings$/,
  /\/relationships\/tags$/,
  /\/tags(\/|$)/,
  /\/data-retention-policy$/,
  /_backing_data$/,
  /\/(current-state-version|current-state-version-outputs|json-download)$/,
  /^GET \/(projects|agent-pools|agents|tasks|policies|policy-sets|policy-set-versions|state-versions|task-result-outcomes)\b/,
  /^DELETE \/projects\/:project_id$/,
  /\/(projects|teams)\/:\w+\/notification-configurations$/,
  /\/actions\/(verify|enable)$/,
  /\/json-output-redacted$/,
  /assessment-result/,
  /\/callback$/,
];
