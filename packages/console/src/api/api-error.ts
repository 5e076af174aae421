/** A refusal or failure of any of the server's APIs, in one shape. */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** The word or number the API gives the refusal, such as `workspace_not_found` or `9`. */
  readonly code: string;
  readonly requestId: string | null;

  constructor(options: { status: number; code: string; message: string; requestId: string | null }) {
    super(options.message);
    this.name = "ApiError";
    this.status = options.status;
    this.code = options.code;
    this.requestId = options.requestId;
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

/**
 * Reads the three error shapes: `{code, message}` of the registry API (google.rpc.Status), `{errors: [{status, title,
 * detail}]}` of the Terraform API (JSON:API), `{error, message}` of Ingot's own. Anything else gives the HTTP status.
 */
export function toApiError(status: number, body: unknown, requestId: string | null): ApiError {
  const { code, message } = readErrorBody(body) ?? { code: String(status), message: messageOfStatus(status) };
  return new ApiError({ status, code, message, requestId });
}

function readErrorBody(body: unknown): { code: string; message: string } | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const document = body as Record<string, unknown>;
  if (Array.isArray(document["errors"])) {
    const errors = document["errors"].filter((e): e is Record<string, unknown> => typeof e === "object" && e !== null);
    const first = errors[0];
    if (first === undefined) return undefined;
    const texts = errors.map((e) => textOf(e["detail"]) ?? textOf(e["title"])).filter((text) => text !== undefined);
    return { code: textOf(first["code"]) ?? textOf(first["title"]) ?? "error", message: texts.join(" ") };
  }
  const message = textOf(document["message"]);
  if (message === undefined) return undefined;
  const code = document["error"] ?? document["code"];
  return { code: typeof code === "number" ? String(code) : (textOf(code) ?? "error"), message };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function messageOfStatus(status: number): string {
  if (status === 401) return "You are not signed in, or the session has ended.";
  if (status === 403) return "Your credential does not have the permission this needs.";
  if (status === 404) return "There is nothing at this address, or you cannot see it.";
  if (status >= 500) return "The server failed to answer. Its log says why.";
  return `The server refused the request with status ${String(status)}.`;
}
