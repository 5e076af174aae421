import { toRfc3339 } from "../../platform/clock.ts";
import type { Run, TaskStage } from "../runs/index.ts";
import type { Workspace } from "../workspaces/index.ts";
import type { TaskResult } from "./task-result.ts";

/**
 * What a run task is sent. There is no plan before the plan; nothing comes from a version control system. Source: HCP
 * Terraform, run tasks integration, request body; its published schema.
 */
export function callPayload(call: {
  readonly publicUrl: string;
  readonly accessToken: string;
  readonly result: TaskResult;
  readonly stage: TaskStage;
  readonly run: Run;
  readonly workspace: Workspace;
  readonly planId: string | null;
  readonly hasConfiguration: boolean;
}): object {
  const { publicUrl, result, stage, run, workspace } = call;
  const api = `${publicUrl}/api/v2`;
  const app = `${publicUrl}/app/${workspace.organizationName}/workspaces/${workspace.name}`;
  return {
    payload_version: 1,
    stage: stage.kind,
    access_token: call.accessToken,
    capabilities: { outcomes: true },
    configuration_version_download_url: call.hasConfiguration
      ? `${api}/configuration-versions/${run.configurationVersionId}/download`
      : null,
    configuration_version_id: run.configurationVersionId,
    is_speculative: run.planOnly,
    organization_name: workspace.organizationName,
    ...(stage.kind === "pre_plan" || call.planId === null
      ? {}
      : { plan_json_api_url: `${api}/plans/${call.planId}/json-output` }),
    run_app_url: `${app}/runs/${run.id}`,
    run_created_at: toRfc3339(run.createdAt),
    run_created_by: run.createdByName,
    run_id: run.id,
    run_message: run.message,
    task_result_callback_url: `${api}/task-results/${result.callbackId}/callback`,
    task_result_enforcement_level: result.enforcementLevel,
    task_result_id: result.id,
    vcs_branch: null,
    vcs_commit_url: null,
    vcs_pull_request_url: null,
    vcs_repo_url: null,
    workspace_app_url: app,
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    workspace_working_directory: workspace.workingDirectory === "" ? null : workspace.workingDirectory,
  };
}
