import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import { exchangeRefused, notTrusted } from "./refusal.ts";

/** A request for GetCallerIdentity that somebody has signed and not sent. Source: hcp-sdk-go, auth/workload. */
export interface SignedAwsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What AWS says of whoever signed it. */
export interface AwsCaller {
  readonly arn: string;
  readonly account_id: string;
  readonly user_id: string;
}

const stsHost = /^sts(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com$/;
const actionOfCallerIdentity = "Action=GetCallerIdentity&Version=2011-06-15";
const nameHeader = "x-hcp-workload-identity-provider";
const headersMax = 20;
const headerCharactersMax = 8192;
const requestMs = 8000;

/**
 * Sends the signed request to AWS, and to nobody else, and gives its answer. The name of the provider is among what was
 * signed, so that a request made for anybody else is worth nothing here. Errors: unauthenticated/exchange_refused,
 * unavailable/aws_unavailable.
 */
export async function askAws(
  outbound: OutboundClient,
  request: SignedAwsRequest,
  resourceName: string,
): Promise<AwsCaller> {
  const { url, headers, body } = checkSignedRequest(request, resourceName);
  let reply;
  try {
    reply = await outbound.send({
      method: "POST",
      url,
      headers: { ...headers, accept: "application/json" },
      ...(body === "" ? {} : { body }),
      timeoutMs: requestMs,
    });
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : "It could not be reached.";
    throw new DomainError("unavailable", "aws_unavailable", `AWS cannot be asked who this is. ${reason}`, {
      cause: error,
    });
  }
  if (reply.status >= 500) {
    throw new DomainError(
      "unavailable",
      "aws_unavailable",
      `AWS cannot be asked who this is. It answered ${reply.status}.`,
    );
  }
  const caller = reply.status === 200 ? readCaller(reply.body) : undefined;
  if (caller === undefined) throw notTrusted();
  return caller;
}

/** What may be sent on: the pinned host, the one action, and the headers that were signed. Pure. */
export function checkSignedRequest(request: SignedAwsRequest, resourceName: string): Omit<SignedAwsRequest, "method"> {
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || request.method !== "POST" || !isCallerIdentity(url, request.body)) {
    throw exchangeRefused(
      "aws_get_caller_id_token is a POST of GetCallerIdentity (version 2011-06-15) to https://sts.<region>.amazonaws.com.",
    );
  }
  const signed = signedHeaders(headers.get("authorization") ?? "");
  const isWhole =
    headers.size <= headersMax &&
    signed.includes("host") &&
    [...headers.values()].every((value) => value.length <= headerCharactersMax && !/[\r\n]/.test(value)) &&
    signed.every((name) => headers.has(name)) &&
    headers.get("host") === url.hostname;
  if (!isWhole) throw exchangeRefused("aws_get_caller_id_token lacks headers that its signature covers.");
  if (!signed.includes(nameHeader) || headers.get(nameHeader) !== resourceName) {
    throw exchangeRefused(
      `aws_get_caller_id_token was not signed for this provider: its signature must cover the header ${nameHeader} with the provider's resource name.`,
    );
  }
  const sent = ["authorization", ...signed].map((name) => [name, headers.get(name) ?? ""] as const);
  return { url: url.href, headers: Object.fromEntries(sent), body: request.body };
}

function isCallerIdentity(url: URL, body: string): boolean {
  const isPinned =
    url.protocol === "https:" &&
    stsHost.test(url.hostname) &&
    `${url.username}${url.password}${url.port}${url.hash}` === "";
  const asked = [url.search.replace(/^\?/, ""), body].filter((part) => part !== "");
  return isPinned && url.pathname === "/" && asked.length === 1 && asked[0] === actionOfCallerIdentity;
}

/** The names in `SignedHeaders`, in lower case as AWS demands them. */
function signedHeaders(authorization: string): string[] {
  const match = /^AWS4-HMAC-SHA256 .*\bSignedHeaders=([a-z0-9;-]+)/.exec(authorization);
  return match?.[1]?.split(";") ?? [];
}

function readCaller(text: string): AwsCaller | undefined {
  try {
    const answer = JSON.parse(text) as {
      GetCallerIdentityResponse?: { GetCallerIdentityResult?: { Account?: unknown; Arn?: unknown; UserId?: unknown } };
    };
    const { Account, Arn, UserId } = answer.GetCallerIdentityResponse?.GetCallerIdentityResult ?? {};
    if (typeof Account !== "string" || typeof Arn !== "string" || typeof UserId !== "string") return undefined;
    return { arn: Arn, account_id: Account, user_id: UserId };
  } catch {
    return undefined;
  }
}
