import { CommandError } from "../command-line/command.ts";
import type { Connection } from "../connection/connection.ts";
import type { HttpClient } from "../connection/http-client.ts";

// Source: hcp-sdk-go auth/tokencache, minTTL.
const marginMs = 15_000;

/** A bearer token by client credentials, fetched when first needed and again shortly before it ends. */
export function createTokenSource(
  http: HttpClient,
  connection: Pick<Connection, "authUrl" | "clientId" | "clientSecret">,
): () => Promise<string> {
  let current: Promise<{ token: string; endsAt: number }> | undefined;
  return async () => {
    const held = await current?.catch(() => undefined);
    if (held === undefined || held.endsAt - marginMs <= Date.now()) current = fetchToken(http, connection);
    return (await (current as NonNullable<typeof current>)).token;
  };
}

async function fetchToken(
  http: HttpClient,
  connection: Pick<Connection, "authUrl" | "clientId" | "clientSecret">,
): Promise<{ token: string; endsAt: number }> {
  const user = `${encodeURIComponent(connection.clientId)}:${encodeURIComponent(connection.clientSecret)}`;
  const answer = await http.send(`${connection.authUrl}/oauth2/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(user).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ grant_type: "client_credentials", audience: "https://api.hashicorp.cloud" }).toString(),
  });
  const body = (answer.json ?? {}) as { access_token?: unknown; expires_in?: unknown; error?: unknown };
  if (answer.status !== 200 || typeof body.access_token !== "string") {
    const reason = typeof body.error === "string" ? body.error : answer.text.slice(0, 200);
    throw new CommandError(
      `${connection.authUrl} gives no token to ${connection.clientId} (HTTP ${answer.status}: ${reason}). Check client id and secret.`,
    );
  }
  return { token: body.access_token, endsAt: Date.now() + Number(body.expires_in ?? 3600) * 1000 };
}
