import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Session } from "../api/types.ts";

/** Who is signed in. Fails with status 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => callApi<Session>("/api/v1/session", { signal }),
  staleTime: 60_000,
  retry: false,
});

/** Exchanges a token for the session's cookie. Fails with 401 when the token is not valid. */
export async function signIn(token: string): Promise<void> {
  await callApi("/api/v1/session", { method: "POST", body: { token } });
}

export async function signOut(): Promise<void> {
  await callApi("/api/v1/session", { method: "DELETE" });
}
