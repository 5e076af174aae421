import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { Attempt } from "./delivery.ts";

const responseCharactersMax = 1000;
const responseHeadersMax = 30;

/** Posts one body to a receiver: any 2xx means that it took it. Never throws for what the receiver does. */
export async function postJson(
  outbound: OutboundClient,
  request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<Attempt> {
  try {
    const { url, headers, body } = request;
    const reply = await outbound.send({
      method: "POST",
      url,
      headers: { "content-type": "application/json", "user-agent": "Ingot", ...headers },
      body,
    });
    const delivered = reply.status >= 200 && reply.status < 300;
    return {
      delivered,
      responseStatus: reply.status,
      responseHeaders: Object.fromEntries(Object.entries(reply.headers).slice(0, responseHeadersMax)),
      // A text column takes no NUL.
      responseBody: reply.body.replaceAll("\u0000", "").slice(0, responseCharactersMax),
      error: delivered ? null : `The receiver answered ${reply.status}.`,
      worthRetrying: true,
    };
  } catch (error) {
    return failedAttempt(error);
  }
}

/** An attempt that no receiver has answered. Throws what is no refusal. */
export function failedAttempt(error: unknown): Attempt {
  if (!(error instanceof DomainError)) throw error;
  return {
    delivered: false,
    responseStatus: null,
    responseHeaders: null,
    responseBody: null,
    error: error.message,
    worthRetrying: error.kind === "unavailable",
  };
}
