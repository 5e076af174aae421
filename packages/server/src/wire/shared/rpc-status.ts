import { DomainError, type ErrorKind } from "../../platform/errors.ts";
import { TooManyRequests } from "../../platform/rate-limit.ts";
import type { ErrorDocument } from "./plane.ts";

/**
 * How HCP planes answer errors: `google.rpc.Status` as JSON with the matching HTTP status. Packer reads the code of the
 * body, the Terraform provider the status. Source: packer, internal/hcp/api/errors.go; hcp-sdk-go, google_rpc_status.go.
 */
export interface RpcAnswer {
  readonly code: number;
  readonly status: number;
  readonly message: string;
  readonly details?: readonly unknown[];
}

/** A refusal whose words on the wire are dictated, so that they do not follow from its kind. */
export class RpcRefusal extends DomainError {
  readonly answer: RpcAnswer;

  constructor(refused: Pick<DomainError, "kind" | "code">, answer: RpcAnswer) {
    super(refused.kind, refused.code, answer.message);
    this.answer = answer;
  }
}

const answers: Record<ErrorKind, { readonly code: number; readonly status: number }> = {
  invalid: { code: 3, status: 400 },
  too_large: { code: 3, status: 413 },
  not_found: { code: 5, status: 404 },
  conflict: { code: 6, status: 409 },
  forbidden: { code: 7, status: 403 },
  precondition: { code: 9, status: 400 },
  unsupported: { code: 12, status: 501 },
  throttled: { code: 8, status: 429 },
  unavailable: { code: 14, status: 503 },
  unauthenticated: { code: 16, status: 401 },
};

function answerOf(error: DomainError): RpcAnswer {
  if (error instanceof RpcRefusal) return error.answer;
  const { message } = error;
  if (error.code === "media_type") return { code: 3, status: 415, message };
  if (error.code === "internal") return { code: 13, status: 500, message };
  return { ...answers[error.kind], message };
}

export function presentRpcError(error: DomainError): ErrorDocument {
  const { code, status, message, details } = answerOf(error);
  return {
    status,
    body: { code, message, details: details ?? [] },
    ...(error instanceof TooManyRequests ? { headers: { "retry-after": String(error.retryAfterSeconds) } } : {}),
    ...(status === 401 ? { headers: { "www-authenticate": 'Bearer realm="ingot"' } } : {}),
  };
}

/** What everything answers that exists at HCP and not here. */
export function operationNotServed(what: string): DomainError {
  return new DomainError("unsupported", "operation_not_served", `This server does not serve ${what}.`);
}
