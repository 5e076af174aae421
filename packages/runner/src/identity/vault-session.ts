import { rootCertificates } from "node:tls";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { Agent, request } from "undici";
import type { Logger } from "pino";
import type { RunnerJob } from "../protocol.ts";
import { WorkError } from "../work/work-error.ts";

export interface VaultSession {
  readonly token: string;
  /** Stops to renew and revokes the token. Never rejects. */
  end(): Promise<void>;
}

type VaultLogin = NonNullable<RunnerJob["identity"]>["vaults"][number];

const AuthSchema = Type.Object({
  auth: Type.Object({ client_token: Type.String(), lease_duration: Type.Number(), renewable: Type.Boolean() }),
});

const requestMs = 60_000;
const replyBytesMax = 1 << 20;
const renewMsMin = 1000;
const timerMsMax = 2 ** 31 - 1;

/**
 * Logs in to Vault by an identity token, and renews what it got until the end. Throws WorkError with what Vault said. Source:
 * Vault, HTTP API, JWT/OIDC auth method and token auth method.
 */
export async function loginToVault(
  login: VaultLogin,
  options: { readonly signal: AbortSignal; readonly logger: Logger },
): Promise<VaultSession> {
  const dispatcher = new Agent({
    connect: login.ca_pem === null ? {} : { ca: [...rootCertificates, login.ca_pem] },
  });
  const post = async (path: string, body: object, token: string | undefined, signal: AbortSignal) => {
    const answer = await request(`${login.address.replace(/\/+$/, "")}/v1/auth/${path}`, {
      dispatcher,
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(login.namespace === null ? {} : { "x-vault-namespace": login.namespace }),
        ...(token === undefined ? {} : { "x-vault-token": token }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]),
    });
    const text = await readText(answer.body);
    if (answer.statusCode >= 300) throw new Error(`it answered ${answer.statusCode}: ${text.trim().slice(0, 500)}`);
    return text;
  };
  let auth;
  try {
    const path = `${login.auth_path.replace(/^\/+|\/+$/g, "")}/login`;
    const answer = await post(path, { role: login.role, jwt: login.token }, undefined, options.signal);
    auth = Value.Parse(AuthSchema, JSON.parse(answer)).auth;
  } catch (error) {
    await dispatcher.destroy();
    options.signal.throwIfAborted();
    throw new WorkError(
      `Vault at ${login.address} gives no token for the role ${login.role}: ${(error as Error).message}. Check the role, its bound claims and TFC_VAULT_ADDR.`,
      { cause: error },
    );
  }
  const { client_token: token, lease_duration: seconds, renewable } = auth;
  const ended = new AbortController();
  const renew = () => {
    post("token/renew-self", {}, token, ended.signal).catch((error: unknown) => {
      if (!ended.signal.aborted) options.logger.warn({ err: error }, "a token of Vault could not be renewed");
    });
  };
  const everyMs = Math.min(Math.max(renewMsMin, (seconds * 1000) / 2), timerMsMax);
  const timer = renewable && seconds > 0 ? setInterval(renew, everyMs) : undefined;
  return {
    token,
    async end() {
      clearInterval(timer);
      ended.abort();
      try {
        await post("token/revoke-self", {}, token, AbortSignal.timeout(requestMs));
      } catch (error) {
        options.logger.warn({ err: error }, "a token of Vault could not be revoked; it ends by itself");
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > replyBytesMax) throw new Error(`it answered more than ${replyBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
