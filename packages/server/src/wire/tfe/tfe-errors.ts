import { DomainError, type ErrorKind } from "../../platform/errors.ts";
import type { ErrorDocument } from "../shared/plane.ts";

const statusOf: Record<ErrorKind, number> = {
  not_found: 404,
  invalid: 422,
  conflict: 409,
  precondition: 412,
  forbidden: 403,
  unauthenticated: 401,
  too_large: 413,
  unsupported: 415,
  throttled: 429,
  unavailable: 503,
};

const titleOf: Record<ErrorKind, string> = {
  not_found: "not found",
  invalid: "invalid attribute",
  conflict: "conflict",
  precondition: "precondition failed",
  forbidden: "forbidden",
  unauthenticated: "unauthorized",
  too_large: "request entity too large",
  unsupported: "unsupported media type",
  throttled: "too many requests",
  unavailable: "service unavailable",
};

/** Where the published API answers otherwise than its kind would say. */
const special: Readonly<Record<string, { readonly status?: number; readonly title?: string }>> = {
  malformed_json: { status: 400, title: "bad request" },
  nul_character: { status: 400, title: "bad request" },
  content_length: { status: 400, title: "bad request" },
  empty_body: { status: 400, title: "bad request" },
  change_request_archived: { status: 400, title: "bad request" },
  run_trigger_type: { status: 400, title: "bad request" },
  // Source: go-tfe errors.go.
  description_taken: { title: "invalid attributes" },
  include_parameter: { status: 400, title: "bad request" },
  bad_request: { status: 400, title: "bad request" },
  // A verification that is not answered with 2xx. Source: HCP Terraform API, notification configurations.
  verification_failed: { status: 400, title: "bad request" },
  // Matched to the letter by clients. Source: go-tfe projects_integration_test.go.
  agent_pool_without_agent_mode: { title: "unprocessable entity" },
  project_not_empty: { status: 422, title: "unprocessable entity" },
  configuration_not_archivable: { title: "transition not allowed" },
  backing_data_transition: { title: "transition not allowed" },
  run_cannot_move: { title: "transition not allowed" },
  stage_not_overridable: { title: "transition not allowed" },
  // Newer clients wait for this text, and only when the status is not 409. Source: Terraform, internal/cloud/state.go.
  state_pending: { title: "latest state version is still pending" },
  workspace_unlocked: { title: "workspace already unlocked" },
};

/** `status` must be a text: a number makes clients show only the status line. Source: go-tfe tfe.go, decodeErrorPayload. */
export function presentTfeError(error: DomainError): ErrorDocument {
  const status = special[error.code]?.status ?? statusOf[error.kind];
  const title = special[error.code]?.title ?? titleOf[error.kind];
  return { status, body: { errors: [{ status: String(status), title, detail: error.message, code: error.code }] } };
}

/** Every path that is not served, those of the published API too: clients take 404 for "this server lacks the feature". */
export function unknownTfePath(): DomainError {
  return new DomainError("not_found", "unknown_path", "This server does not serve this path.");
}
