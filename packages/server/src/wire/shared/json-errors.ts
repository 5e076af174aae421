import type { DomainError, ErrorKind } from "../../platform/errors.ts";
import type { ErrorDocument } from "./plane.ts";

/** `{ "error": "<code>", "message": "<what to do>" }`: how the planes that are ours alone refuse. */
export function presentJsonError(error: DomainError): ErrorDocument {
  return { status: statusOf[error.kind], body: { error: error.code, message: error.message } };
}

const statusOf: Record<ErrorKind, number> = {
  not_found: 404,
  invalid: 422,
  conflict: 409,
  precondition: 409,
  forbidden: 403,
  unauthenticated: 401,
  too_large: 413,
  unsupported: 415,
  throttled: 429,
  unavailable: 503,
};
