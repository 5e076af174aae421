import { Agent, fetch, type RequestInit } from "undici";
import { CommandError } from "../command-line/command.ts";
import { parseJsonOrUndefined } from "../foreign-data/describe-mismatch.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
}

export interface HttpClient {
  send(url: string, init?: RequestInit): Promise<HttpAnswer>;
  close(): Promise<void>;
}

// Of go-openapi clients, the stock ones. Source: go-openapi/runtime client/request.go, DefaultTimeout.
const timeoutMs = 30_000;

/** HTTP with these certificates trusted. Throws CommandError with what to do when the server cannot be reached. */
export function createHttpClient(ca: string | undefined): HttpClient {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  return {
    async send(url, init) {
      const answer = await fetch(url, { dispatcher, signal: AbortSignal.timeout(timeoutMs), ...init }).catch(
        (error: Error) => {
          throw new CommandError(`${new URL(url).origin} cannot be reached: ${reasonOf(error)}.`);
        },
      );
      const text = await answer.text();
      return { status: answer.status, text, json: parseJsonOrUndefined(text) };
    },
    close: () => dispatcher.close(),
  };
}

function reasonOf(error: Error): string {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  switch (cause?.code) {
    case "ECONNREFUSED":
      return "nothing listens there; start it with `ingot serve`";
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "its certificate is not trusted; `ingot env` prints an SSL_CERT_FILE that trusts it";
    default:
      return cause?.message ?? error.message;
  }
}
