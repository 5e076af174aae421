import { ApiError, toApiError } from "./api-error.ts";

export type QueryValue = string | number | boolean | null | undefined;

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Members that are undefined, null or empty are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** A Blob is sent as it is, everything else as JSON. */
  readonly body?: unknown;
  /** Of the body; the Terraform API takes `application/vnd.api+json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/**
 * Calls one of the server's HTTP APIs with the session's cookie and answers its JSON, or its text when it is not JSON.
 * Throws ApiError for every refusal and when there is no answer; an aborted request throws what fetch throws.
 */
export async function callApi<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const { method = "GET", query, body, contentType = "application/json", signal } = request;
  const response = await send(path + toQueryString(query), {
    method,
    credentials: "same-origin",
    headers: { accept: "application/json, */*;q=0.5", ...(body === undefined ? {} : { "content-type": contentType }) },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = await readBody(response);
  if (!response.ok) throw toApiError(response.status, answer, response.headers.get("x-request-id"));
  return answer as Answer;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({
      status: 0,
      code: "no_answer",
      message: "The server did not answer. It may be restarting, or the network is down.",
      requestId: null,
    });
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!/[/+]json/.test(response.headers.get("content-type") ?? "")) return text;
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

export function toQueryString(query: ApiRequest["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}
