import { createHmac } from "node:crypto";
import { postJson, type Attempt } from "../deliveries/index.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";

/**
 * Makes one call of a run task. Only 200 means that it was taken. The signature is the HMAC-SHA512 of the body in lower-case
 * hexadecimal, and empty without a key: receivers refuse one that they cannot check. Never throws for what the receiver
 * does. Source: HCP Terraform, run tasks integration, request; terraform-run-task-scaffolding-go, internal/sdk/handler.
 */
export async function postToTask(
  outbound: OutboundClient,
  task: { readonly url: string; readonly hmacKey: string | null },
  payload: object,
): Promise<Attempt> {
  const body = JSON.stringify(payload);
  const signature = task.hmacKey === null ? "" : createHmac("sha512", task.hmacKey).update(body).digest("hex");
  const attempt = await postJson(outbound, {
    url: task.url,
    headers: { "x-tfc-task-signature": signature },
    body,
  });
  if (!attempt.delivered || attempt.responseStatus === 200) return attempt;
  return { ...attempt, delivered: false, error: `The service answered ${attempt.responseStatus} instead of 200.` };
}

const nobody = "x".repeat(16);

/**
 * What is sent when a task is set up: receivers know it by its token, and neither fetch nor call back. Source:
 * terraform-run-task-scaffolding-go, internal/sdk/api.
 */
export function verificationPayload(publicUrl: string): object {
  const api = `${publicUrl}/api/v2`;
  const app = `${publicUrl}/app/test-org/workspaces/test-workspace`;
  const repository = `${publicUrl}/test-org/test-repo`;
  return {
    payload_version: 1,
    stage: "test",
    access_token: "test-token",
    capabilities: { outcomes: true },
    configuration_version_download_url: `${api}/configuration-versions/cv-${nobody}/download`,
    configuration_version_id: `cv-${nobody}`,
    is_speculative: false,
    organization_name: "test-org",
    plan_json_api_url: `${api}/plans/plan-${nobody}/json-output`,
    run_app_url: `${app}/runs/run-${nobody}`,
    run_created_at: "2021-01-01T00:00:00.000Z",
    run_created_by: "test-user",
    run_id: `run-${nobody}`,
    run_message: "Test run message",
    task_result_callback_url: `${api}/task-results/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/callback`,
    task_result_enforcement_level: "test",
    task_result_id: `taskrs-${nobody}`,
    vcs_branch: "test-branch",
    vcs_commit_url: `${repository}/commit/${nobody}`,
    vcs_pull_request_url: null,
    vcs_repo_url: repository,
    workspace_app_url: app,
    workspace_id: `ws-${nobody}`,
    workspace_name: "test-workspace",
    workspace_working_directory: "",
  };
}
