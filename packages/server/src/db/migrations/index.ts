import type { Kysely } from "kysely";
import * as tenancy from "./0001_tenancy.ts";
import * as jobs from "./0002_jobs.ts";
import * as registry from "./0003_registry.ts";
import * as runs from "./0004_runs.ts";
import * as imageUses from "./0005_image_uses.ts";
import * as events from "./0006_events.ts";
import * as assessments from "./0007_assessments.ts";
import * as notifications from "./0008_notifications.ts";
import * as access from "./0009_access.ts";
import * as iam from "./0010_iam.ts";
import * as sboms from "./0011_sboms.ts";
import * as vulnerabilities from "./0012_vulnerabilities.ts";
import * as enforcedBlocks from "./0013_enforced_blocks.ts";
import * as audit from "./0014_audit.ts";
import * as webhooksAndRunTasks from "./0015_webhooks_and_run_tasks.ts";
import * as registryIndexes from "./0016_registry_indexes.ts";
import * as people from "./0017_people.ts";
import * as workspaceSettings from "./0018_workspace_settings.ts";
import * as taskStages from "./0019_task_stages.ts";
import * as runTasksAndPolicies from "./0020_run_tasks_and_policies.ts";
import * as identityKeys from "./0021_identity_keys.ts";
import * as loginCodes from "./0022_login_codes.ts";
import * as teamsAndTokens from "./0023_teams_and_tokens.ts";
import * as workspaceParts from "./0024_workspace_parts.ts";
import * as runsComplete from "./0025_runs_complete.ts";
import * as notificationScopes from "./0026_notification_scopes.ts";
import * as renderedPlans from "./0028_rendered_plans.ts";
import * as runLists from "./0034_run_lists.ts";
import * as runnerEngines from "./0035_runner_engines.ts";
import * as generatedConfiguration from "./0036_generated_configuration.ts";
import * as enginePolicies from "./0041_engine_policies.ts";
import * as invitations from "./0044_invitations.ts";
import * as joiningAgain from "./0045_joining_again.ts";
import * as explorer from "./0056_explorer.ts";
import * as changeRequests from "./0057_change_requests.ts";
import * as dependencyCounts from "./0058_dependency_counts.ts";
import * as workspacesByAge from "./0059_workspaces_by_age.ts";

/** Numbered, in order, and never edited once released. */
export const migrations: Record<string, { up(db: Kysely<never>): Promise<void> }> = {
  "0001_tenancy": tenancy,
  "0002_jobs": jobs,
  "0003_registry": registry,
  "0004_runs": runs,
  "0005_image_uses": imageUses,
  "0006_events": events,
  "0007_assessments": assessments,
  "0008_notifications": notifications,
  "0009_access": access,
  "0010_iam": iam,
  "0011_sboms": sboms,
  "0012_vulnerabilities": vulnerabilities,
  "0013_enforced_blocks": enforcedBlocks,
  "0014_audit": audit,
  "0015_webhooks_and_run_tasks": webhooksAndRunTasks,
  "0016_registry_indexes": registryIndexes,
  "0017_people": people,
  "0018_workspace_settings": workspaceSettings,
  "0019_task_stages": taskStages,
  "0020_run_tasks_and_policies": runTasksAndPolicies,
  "0021_identity_keys": identityKeys,
  "0022_login_codes": loginCodes,
  "0023_teams_and_tokens": teamsAndTokens,
  "0024_workspace_parts": workspaceParts,
  "0025_runs_complete": runsComplete,
  "0028_rendered_plans": renderedPlans,
  "0026_notification_scopes": notificationScopes,
  "0034_run_lists": runLists,
  "0035_runner_engines": runnerEngines,
  "0036_generated_configuration": generatedConfiguration,
  "0041_engine_policies": enginePolicies,
  "0044_invitations": invitations,
  "0045_joining_again": joiningAgain,
  "0056_explorer": explorer,
  "0057_change_requests": changeRequests,
  "0058_dependency_counts": dependencyCounts,
  "0059_workspaces_by_age": workspacesByAge,
};
