import type { Plane } from "../shared/plane.ts";
import { accountRoutes } from "./account-routes.ts";
import { agentPoolRoutes } from "./agent-pool-routes.ts";
import { assessmentRoutes } from "./assessment-routes.ts";
import { changeRequestRoutes } from "./change-request-routes.ts";
import { configurationVersionRoutes } from "./configuration-version-routes.ts";
import { explorerRoutes } from "./explorer-routes.ts";
import { featureSetRoutes } from "./feature-set-routes.ts";
import { generalRoutes, tfeHeaders } from "./general-routes.ts";
import { installationOrganizationRoutes } from "./installation-organization-routes.ts";
import { jsonApiType } from "./json-api.ts";
import { notificationRoutes } from "./notification-routes.ts";
import { membershipRoutes } from "./membership-routes.ts";
import { narrowToOrganization } from "./narrow-to-organization.ts";
import { organizationLifeCycleRoutes } from "./organization-life-cycle-routes.ts";
import { organizationRoutes } from "./organization-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { policyEvaluationRoutes } from "./policy-evaluation-routes.ts";
import { policySetParameterRoutes } from "./policy-set-parameter-routes.ts";
import { policySetRoutes } from "./policy-set-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { runTriggerRoutes } from "./run-trigger-routes.ts";
import { runTaskRoutes } from "./run-task-routes.ts";
import { stateVersionRoutes } from "./state-version-routes.ts";
import { auditTrailRoutes } from "./audit-trail-routes.ts";
import { authenticateTfeCaller } from "./task-credential.ts";
import { taskStageRoutes } from "./task-stage-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { presentTfeError, unknownTfePath } from "./tfe-errors.ts";
import { teamAccessRoutes } from "./team-access-routes.ts";
import { teamRoutes } from "./team-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { toolVersionRoutes } from "./tool-version-routes.ts";
import { variableRoutes } from "./variable-routes.ts";
import { variableSetRoutes } from "./variable-set-routes.ts";
import { organizationTagRoutes } from "./organization-tag-routes.ts";
import { reservedTagKeyRoutes } from "./reserved-tag-key-routes.ts";
import { dataRetentionRoutes } from "./data-retention-routes.ts";
import { sshKeyRoutes } from "./ssh-key-routes.ts";
import { workspaceResourceRoutes } from "./workspace-resource-routes.ts";
import { workspaceRoutes } from "./workspace-routes.ts";
import { workspaceTaskRoutes } from "./workspace-task-routes.ts";

/** The API that `terraform`, `tofu` and everything built on go-tfe speak. What is served is what stands in these tables. */
export function createTfePlane(deps: TfeDeps): Plane {
  return {
    name: "tfe",
    prefixes: ["/api/v2"],
    routes: [
      ...generalRoutes(),
      ...accountRoutes(deps),
      ...organizationLifeCycleRoutes(deps),
      ...organizationRoutes(deps),
      ...featureSetRoutes(deps),
      ...installationOrganizationRoutes(deps),
      ...toolVersionRoutes(deps),
      ...membershipRoutes(deps),
      ...teamRoutes(deps),
      ...teamAccessRoutes(deps),
      ...tokenRoutes(deps),
      ...auditTrailRoutes(deps),
      ...projectRoutes(deps),
      ...workspaceRoutes(deps),
      ...workspaceResourceRoutes(deps),
      ...organizationTagRoutes(deps),
      ...reservedTagKeyRoutes(deps),
      ...sshKeyRoutes(deps),
      ...dataRetentionRoutes(deps),
      ...explorerRoutes(deps),
      ...changeRequestRoutes(deps),
      ...variableRoutes(deps),
      ...variableSetRoutes(deps),
      ...configurationVersionRoutes(deps),
      ...runRoutes(deps),
      ...runTriggerRoutes(deps),
      ...agentPoolRoutes(deps),
      ...assessmentRoutes(deps),
      ...stateVersionRoutes(deps),
      ...notificationRoutes(deps),
      ...runTaskRoutes(deps),
      ...workspaceTaskRoutes(deps),
      ...taskStageRoutes(deps),
      ...policyEvaluationRoutes(deps),
      ...policyRoutes(deps),
      ...policySetRoutes(deps),
      ...policySetParameterRoutes(deps),
    ],
    contentType: jsonApiType,
    // Run actions are plain JSON, under either name.
    jsonTypes: [jsonApiType, "application/json"],
    headers: tfeHeaders,
    authenticate: authenticateTfeCaller(deps),
    hides: true,
    narrow: (actor, params) => narrowToOrganization(deps.db, actor, params),
    presentError: presentTfeError,
    unknownPath: unknownTfePath,
  };
}
