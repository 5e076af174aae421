import type { Route } from "../../shared/plane.ts";
import { md5, runBody } from "../../../testing/tfe-fixture.ts";

export function nameOf(route: Pick<Route, "method" | "path">): string {
  return `${route.method} ${route.path}`;
}

const workspaceBody = { data: { type: "workspaces", attributes: { name: "walk-other" } } };
const patchBody = { data: { type: "workspaces", attributes: { description: "walked" } } };
const tagBindingsBody = { data: [{ type: "tag-bindings", attributes: { key: "k", value: "v" } }] };
const tagsBody = { data: [{ type: "tags", attributes: { name: "t" } }] };
export const notificationBody = {
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
export const workspaceTaskBody = {
  data: {
    type: "workspace-tasks",
    attributes: { "enforcement-level": "advisory", stages: ["pre_apply"] },
    relationships: { task: { data: { type: "tasks", id: "task-aaaaaaaaaaaaaaaa" } } },
  },
};
const policyBody = { data: { type: "policies", attributes: { name: "walked", kind: "opa", query: "data.a" } } };
export const policySetBody = (name: string) => ({ data: { type: "policy-sets", attributes: { name, kind: "opa" } } });
export const parameterBody = { data: { type: "vars", attributes: { key: "walked", category: "policy-set" } } };
export const variableBody = {
  data: { type: "vars", attributes: { key: "walked", value: "1", category: "terraform" } },
};
const variableSetBody = { data: { type: "varsets", attributes: { name: "walked" } } };
const retentionBody = { data: { type: "data-retention-policy-dont-deletes" } };
export const viewBody = {
  data: { type: "explorer-saved-queries", attributes: { name: "walked", "query-type": "modules", query: {} } },
};
export const bulkActionBody = (id: string) => ({
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
export const accessBody = (type: "team-workspaces" | "team-projects", ids: Record<string, string>) => ({
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
export const routeBodies: Record<string, (ids: Record<string, string>) => unknown> = {
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
