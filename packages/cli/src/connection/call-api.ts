import { CommandError } from "../command-line/command.ts";
import { requireToken, type Connection } from "./connection.ts";
import type { HttpClient } from "./http-client.ts";

/**
 * A call of Ingot's own API; `path` is relative to `/api/v1`. Returns the JSON of a 2xx answer. Throws CommandError with the
 * server's words for any other.
 */
export async function callApi(
  http: HttpClient,
  connection: Pick<Connection, "url" | "token">,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await http.send(`${connection.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${requireToken(connection)}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status >= 200 && answer.status < 300) return answer.json;
  const message = (answer.json as { message?: string } | undefined)?.message ?? answer.text.slice(0, 200);
  throw new CommandError(
    `${method} /api/v1${path.replace(/\?.*/, "")} was refused (HTTP ${answer.status}): ${message}`,
  );
}
