import OAuth2Server from "@node-oauth/oauth2-server";
import { DomainError } from "../../platform/errors.ts";
import { findTokenPlace, type Actor } from "../access/index.ts";
import { createLoginModel, type LoginDeps, type LoginHolder } from "./login-model.ts";

/** What a program has asked for by the address that it opened in the browser. Source: RFC 6749, section 4.1.1; RFC 7636. */
export interface LoginRequest {
  readonly client_id: string;
  readonly response_type: string;
  readonly redirect_uri: string;
  readonly state: string;
  readonly code_challenge: string;
  readonly code_challenge_method: string;
  readonly scope?: string;
}

/**
 * Allows a program a token of the person. Returns where the browser brings the code: to the program on the same machine, and
 * nowhere else. Errors: forbidden/login_needs_a_person, invalid/login_request.
 */
export async function allowLogin(deps: LoginDeps, actor: Actor, request: LoginRequest): Promise<string> {
  const holder = await holderOf(deps, actor);
  const asked = new OAuth2Server.Request({ method: "GET", headers: {}, query: { ...request } });
  const answer = new OAuth2Server.Response();
  const server = new OAuth2Server({ model: createLoginModel(deps, undefined) });
  try {
    await server.authorize(asked, answer, { authenticateHandler: { handle: () => holder } });
  } catch (error) {
    throw loginError(error);
  }
  return answer.headers?.["location"] ?? "";
}

/** A token works where the one works that the person is signed in with. */
async function holderOf(deps: LoginDeps, actor: Actor): Promise<LoginHolder> {
  const tokenId = actor.credential?.tokenId;
  const place = tokenId === undefined ? undefined : await findTokenPlace(deps.db, tokenId);
  if (actor.kind !== "user" || place === undefined) {
    throw new DomainError(
      "forbidden",
      "login_needs_a_person",
      "Only a person can sign in a command line. Sign in to the console with a token of yours; programs use theirs directly.",
    );
  }
  return { principalId: actor.id, ...place };
}

/** The refusals of the library in our words; whatever else went wrong stays what it is. */
export function loginError(error: unknown): unknown {
  if (error instanceof OAuth2Server.ServerError) return (error as { readonly inner?: unknown }).inner ?? error;
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  const { name, message } = error;
  return new DomainError(
    "invalid",
    name === "invalid_grant" ? name : "login_request",
    `${message}. Start the login again.`,
  );
}
