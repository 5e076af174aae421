/** What went wrong, in product words. Every plane answers each kind in its own way. */
export type ErrorKind =
  | "not_found"
  | "invalid"
  | "conflict"
  | "precondition"
  | "forbidden"
  | "unauthenticated"
  | "too_large"
  | "unsupported"
  | "throttled"
  | "unavailable";

/**
 * A refusal that a caller can act on. Knows no HTTP. `code` is stable and lower_snake_case: tests and clients match on
 * it, never on the message; the message says what to do next and never holds a secret.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;

  constructor(kind: ErrorKind, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DomainError";
    this.kind = kind;
    this.code = code;
  }
}
