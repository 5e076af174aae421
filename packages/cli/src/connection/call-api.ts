import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { requireToken, type Connection } from "./connection.ts";
import type { HttpClient } from "./http-client.ts";

/** Who is asked, and over what. */
export interface Api {
  readonly http: HttpClient;
  readonly connection: Pick<Connection, "url" | "token">;
}

/**
 * A call of Ingot's own API; `path` is relative to `/api/v1`. Returns the JSON of a 2xx answer. Throws CommandError with the
 * server's words for any other, and for an answer that does not fit `reply`.
 */
export async function callApi<T extends TSchema>(
  api: Api,
  request: { readonly method?: "GET" | "POST" | "PATCH"; readonly path: string; readonly body?: object },
  reply: T,
): Promise<Static<T>> {
  const { method = "GET", path, body } = request;
  const answer = await api.http.send(`${api.connection.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${requireToken(api.connection)}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const where = `${method} /api/v1${path.replace(/\?.*/, "")}`;
  if (answer.status < 200 || answer.status > 299) {
    const message = (answer.json as { message?: string } | undefined)?.message ?? answer.text.slice(0, 200);
    throw new CommandError(`${where} was refused (HTTP ${answer.status}): ${message}`);
  }
  if (!Value.Check(reply, answer.json)) {
    throw new CommandError(
      `${where} was answered with something else than expected; is ${api.connection.url} an Ingot?`,
    );
  }
  return answer.json;
}
