import OAuth2Server from "@node-oauth/oauth2-server";
import { loginError } from "./authorize-login.ts";
import { createLoginModel, type LoginDeps, type LoginHolder } from "./login-model.ts";

/**
 * The token for a code, once and within a minute; what proves who asks is the verifier of RFC 7636. A code is used up by a
 * wrong verifier too. Errors: invalid/invalid_grant, invalid/login_request.
 */
export async function redeemLoginCode(
  deps: LoginDeps,
  form: Readonly<Record<string, string>>,
  userAgent: string | undefined,
): Promise<{ readonly token: string; readonly holder: LoginHolder }> {
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": "1" };
  const asked = new OAuth2Server.Request({ method: "POST", headers, query: {}, body: form });
  const server = new OAuth2Server({
    model: createLoginModel(deps, userAgent),
    requireClientAuthentication: { authorization_code: false },
  });
  try {
    const { accessToken, user } = await server.token(asked, new OAuth2Server.Response());
    return { token: accessToken, holder: user as LoginHolder };
  } catch (error) {
    throw loginError(error);
  }
}
