import { may, type Actor, type Permission } from "../../features/access/index.ts";
import type { Organization } from "../../features/organizations/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toOne, type Resource } from "./json-api.ts";

/** The id of an organization is its name, everywhere on this plane: clients build URLs of it. */
export function presentOrganization(
  organization: Organization,
  defaultProjectId: string | null,
  actor: Actor,
): Resource {
  const { settings } = organization;
  return {
    id: organization.name,
    type: "organizations",
    attributes: {
      name: organization.name,
      "external-id": organization.externalId,
      email: organization.email,
      "created-at": toRfc3339(organization.createdAt),
      "default-execution-mode": settings.defaultExecutionMode,
      "assessments-enforced": organization.assessmentsEnforced,
      "user-tokens-enabled": organization.userTokensEnabled,
      "session-timeout": settings.sessionTimeout,
      "session-remember": settings.sessionRemember,
      "allow-force-delete-workspaces": settings.allowForceDeleteWorkspaces,
      "cost-estimation-enabled": settings.costEstimationEnabled,
      "stacks-enabled": settings.stacksEnabled,
      "send-passing-statuses-for-untriggered-speculative-plans": settings.sendPassingStatuses,
      "aggregated-commit-status-enabled": settings.aggregatedCommitStatus,
      "speculative-plan-management-enabled": settings.speculativePlanManagement,
      "collaborator-auth-policy": "password",
      "owners-team-saml-role-id": null,
      "enforce-hyok": false,
      "saml-enabled": false,
      "two-factor-conformant": true,
      "plan-expired": false,
      "is-unified": false,
      // How many modules could still be tested: as on a plan without a limit. Source: go-tfe, organization tests.
      "remaining-testable-count": 5,
      permissions: permissionsIn(organization.id, actor),
    },
    relationships: {
      "default-project": toOne("projects", defaultProjectId),
      ...(settings.defaultAgentPoolId === null
        ? {}
        : { "default-agent-pool": toOne("agent-pools", settings.defaultAgentPoolId) }),
    },
    links: { self: `/api/v2/organizations/${organization.name}` },
  };
}

function permissionsIn(organizationId: string, actor: Actor): Readonly<Record<string, boolean>> {
  const can = (permission: Permission): boolean => may(actor, permission, { organizationId });
  return {
    "can-update": can("organization:write"),
    "can-destroy": can("organization:write"),
    "can-access-via-teams": can("organization:read"),
    "can-create-workspace": can("workspace:create"),
    "can-create-project": can("project:write"),
    "can-create-team": can("group:write"),
    "can-manage-users": can("principal:write"),
    "can-manage-run-tasks": can("run-task:write"),
    "can-manage-no-code-modules": can("project:write"),
    "can-deploy-no-code-modules": can("project:write"),
    "can-traverse": true,
    "can-read-assessments": can("assessment:read"),
    "can-manage-assessments": can("organization:write"),
    "can-read-audit-trails": can("audit:read"),
  };
}

/**
 * What this server does; whatever it has not is false. Without `operations` the command line works on the user's machine,
 * without a word. Source: Terraform, internal/cloud.
 */
export function presentEntitlements(organization: Organization): Resource {
  return {
    id: organization.externalId,
    type: "entitlement-sets",
    attributes: {
      operations: true,
      "state-storage": true,
      agents: true,
      "audit-logging": true,
      teams: true,
      "run-tasks": true,
      "private-run-tasks": true,
      "global-run-tasks": true,
      "policy-enforcement": true,
      assessments: true,
      "user-limit": null,
      "configuration-designer": false,
      "cost-estimation": false,
      "module-tests-generation": false,
      "private-module-registry": false,
      "self-serve-billing": false,
      sentinel: false,
      sso: false,
      "vcs-integrations": false,
      "waypoint-actions": false,
      "waypoint-templates-and-addons": false,
    },
  };
}
