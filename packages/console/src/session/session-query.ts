import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../api/api-error.ts";
import { callApi } from "../api/client.ts";
import type { Session } from "../api/types.ts";

/** Who is signed in. Fails with status 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  async queryFn({ signal }) {
    // Without a session the answer is empty, not an error: the browser would write one into its log.
    const session = await callApi<Session | "" | undefined>("/api/v1/session", { signal });
    if (session !== undefined && session !== "") return session;
    throw new ApiError({ status: 401, code: "signed_out", message: "Nobody is signed in.", requestId: null });
  },
  staleTime: 60_000,
  retry: false,
});

/** Exchanges a token for the session's cookie. Fails with 401 when the token is not valid. */
export async function signIn(token: string): Promise<void> {
  await callApi("/api/v1/session", { method: "POST", body: { token } });
}

/** From now on this browser shows another organization of its person. */
export async function moveSession(organizationId: string): Promise<void> {
  await callApi("/api/v1/session/organization", { method: "POST", body: { organization_id: organizationId } });
}

export async function signOut(): Promise<void> {
  await callApi("/api/v1/session", { method: "DELETE" });
}
