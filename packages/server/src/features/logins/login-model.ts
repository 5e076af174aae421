import OAuth2Server from "@node-oauth/oauth2-server";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { newSecret } from "../../platform/ids.ts";
import { createToken } from "../access/index.ts";
import { commandLine, isRedirectOf, nameLoginToken } from "./login-client.ts";
import { findLoginCode, insertLoginCode, useLoginCode, type LoginCode } from "./login-code-store.ts";

export interface LoginDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** Whose token it will be, and where it works. */
export type LoginHolder = Pick<LoginCode, "principalId" | "organizationId" | "projectId">;

const codeMs = 60_000;
const tokenMs = 365 * 86_400_000;

// The library compares with the clock of the machine; whether a code is over, the store has said by ours.
const farAway = new Date(8.64e15);
const client: OAuth2Server.Client = {
  id: commandLine.id,
  grants: ["authorization_code"],
  redirectUris: [`http://localhost:${commandLine.ports[0]}/login`],
};

/** What the library asks about clients, codes and tokens. */
export function createLoginModel(
  { db, now }: LoginDeps,
  userAgent: string | undefined,
): OAuth2Server.AuthorizationCodeModel {
  return {
    getClient: async (id) => (id === client.id ? client : undefined),
    validateRedirectUri: async (uri) => isRedirectOf(commandLine, uri),
    // A token of the command line may do what its person may do; there is no part of it to ask for.
    validateScope: async (_user, _client, scope) => (scope === undefined || scope.length === 0 ? [] : false),
    generateAuthorizationCode: async () => newSecret("ingot_lc"),
    async saveAuthorizationCode(code, _client, user) {
      const { codeChallenge, codeChallengeMethod } = code;
      if (codeChallenge === undefined || codeChallengeMethod !== "S256") {
        throw new OAuth2Server.InvalidRequestError("The request needs a code_challenge of the method S256.");
      }
      const holder = user as LoginHolder;
      const kept: LoginCode = {
        ...holder,
        clientId: client.id,
        redirectUri: code.redirectUri,
        codeChallenge,
        expiresAt: now() + codeMs,
      };
      await insertLoginCode(db, code.authorizationCode, kept, now());
      return { ...code, client, user };
    },
    async getAuthorizationCode(secret) {
      const code = await findLoginCode(db, secret, now());
      if (code === undefined) return undefined;
      const { principalId, organizationId, projectId } = code;
      const holder: LoginHolder = { principalId, organizationId, projectId };
      return {
        authorizationCode: secret,
        expiresAt: farAway,
        redirectUri: code.redirectUri,
        codeChallenge: code.codeChallenge,
        codeChallengeMethod: "S256",
        client,
        user: holder,
      };
    },
    revokeAuthorizationCode: (code) => useLoginCode(db, code.authorizationCode),
    generateAccessToken: async () => "made when it is saved",
    // No client of this grant can use one. Source: terraform, internal/command/login.go.
    generateRefreshToken: async () => "",
    async saveToken(_token, _client, user) {
      const holder = user as LoginHolder;
      const at = now();
      const name = nameLoginToken(userAgent);
      const createdBy = { id: holder.principalId, kind: "user" } as const;
      const managed = { purpose: "user", description: name, createdBy } as const;
      const made = { ...holder, name, managed, expiresAt: at + tokenMs };
      return { accessToken: await createToken(db, made, at), client, user };
    },
    getAccessToken: async () => undefined,
  };
}
