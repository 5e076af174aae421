import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { MadeTokenView, TokenView } from "../api/types.ts";

export type Token = TokenView;
export type MadeToken = MadeTokenView;

/** The tokens of somebody: where they are listed and made. */
export interface TokenList {
  readonly path: string;
  /** What the organization's own tokens are for, each once; null: any number, told apart by what they are called. */
  readonly purposes: readonly ("organization" | "audit-trails")[] | null;
}

export const ownTokens: TokenList = { path: "/api/v1/tokens", purposes: null };
export const organizationTokens: TokenList = {
  path: "/api/v1/organization-tokens",
  purposes: ["organization", "audit-trails"],
};

export function teamTokens(teamId: string): TokenList {
  return { path: `/api/v1/teams/${encodeURIComponent(teamId)}/tokens`, purposes: null };
}

export function tokensQuery({ path }: TokenList) {
  return queryOptions({
    queryKey: ["tokens", path],
    queryFn: async ({ signal }) => (await callApi<{ readonly tokens: readonly Token[] }>(path, { signal })).tokens,
  });
}

export interface TokenInput {
  readonly description?: string;
  readonly purpose?: string;
  /** Null: never. */
  readonly expires_at: string | null;
}

export function makeToken({ path }: TokenList, input: TokenInput): Promise<MadeToken> {
  return callApi(path, { method: "POST", body: input });
}

export async function endToken(id: string): Promise<void> {
  await callApi(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: "DELETE" });
}
