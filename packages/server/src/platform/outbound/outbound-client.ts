import { lookup as dnsLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { rootCertificates } from "node:tls";
import { Agent } from "undici";
import { DomainError } from "../errors.ts";
import { canonicalHost, literalAddress, mayDial, parseAllowedTargets, type AllowedTargets } from "./address-rules.ts";

export interface OutboundRequest {
  readonly method: "POST" | "GET" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How much of the answer is read. Default 16 KiB. */
  readonly replyBytesMax?: number;
  /** From the first packet to the last byte that is read. Default: the client's. */
  readonly timeoutMs?: number;
}

export interface OutboundReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  /** False: there was more than was asked for, and `body` is its beginning. */
  readonly isWhole: boolean;
}

/** The only way in which the server calls an address that somebody has typed in. */
export interface OutboundClient {
  /**
   * Sends one request and follows no redirect. Errors: invalid/outbound_refused when the target may not be called,
   * unavailable/outbound_failed when it did not answer in time.
   */
  send(request: OutboundRequest): Promise<OutboundReply>;
  /** The same refusals as far as they can be told without asking for the name's address. */
  check(url: string): void;
  close(): Promise<void>;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface OutboundOptions {
  /** Host names, addresses and CIDRs that may be called although they are not public. */
  readonly allowPrivate: readonly string[];
  /** PEM certificates to trust besides those of the system. */
  readonly ca?: string;
  /** From the first packet to the last byte that is read. */
  readonly timeoutMs: number;
  /** Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

const replyBytesDefault = 16 * 1024;
const urlCharactersMax = 4096;

export function createOutboundClient(options: OutboundOptions): OutboundClient {
  const allowed = parseAllowedTargets(options.allowPrivate);
  const resolve = options.resolve ?? resolveBySystem;
  const agent = new Agent({
    // One request a connection: what was checked for it is what it talks to.
    pipelining: 0,
    connect: {
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
      timeout: options.timeoutMs,
      // The socket is opened to what this returns, so nobody can answer otherwise between the check and the call.
      lookup: checkedLookup(resolve, allowed),
    },
  });
  return {
    check: (url) => void checkedUrl(url, allowed),
    async send(request) {
      const url = checkedUrl(request.url, allowed);
      const timeoutMs = request.timeoutMs ?? options.timeoutMs;
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          signal,
        });
        return {
          status: answer.statusCode,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, [value ?? []].flat()]),
          ),
          ...(await readStart(answer.body, signal, request.replyBytesMax ?? replyBytesDefault)),
        };
      } catch (error) {
        throw outboundError(url, error, signal, timeoutMs);
      }
    },
    close: () => agent.destroy(),
  };
}

function checkedUrl(text: string, allowed: AllowedTargets): URL {
  const url = URL.canParse(text) && text.length <= urlCharactersMax ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:") || url.hostname === "") {
    throw refused("The address is not an http:// or https:// URL.");
  }
  if (url.username !== "" || url.password !== "") throw refused("The address has a user name or a password in it.");
  // The parser has turned forms such as 0x7f.1 and 2130706433 into dotted ones.
  const literal = literalAddress(url.hostname);
  const isPublic =
    literal === undefined ? !/^(.*\.)?localhost$/.test(canonicalHost(url.hostname)) : mayDial(literal, allowed);
  if (!isPublic && !isAllowedHost(url.hostname, allowed)) throw notPublic(url.hostname);
  return url;
}

function checkedLookup(resolve: NonNullable<OutboundOptions["resolve"]>, allowed: AllowedTargets): LookupFunction {
  return (host, lookupOptions, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(new Error(`${host} has no address`), "");
        // One bad address is enough: a name that mixes public and private ones is not one to call.
        const free = isAllowedHost(host, allowed);
        if (!free && !addresses.every(({ address }) => mayDial(address, allowed))) {
          return callback(notPublic(host), "");
        }
        if (lookupOptions.all === true) {
          return callback(
            null,
            addresses.map((one) => ({ ...one })),
          );
        }
        callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ""),
    );
  };
}

function isAllowedHost(host: string, allowed: AllowedTargets): boolean {
  return allowed.hosts.has(canonicalHost(host));
}

async function resolveBySystem(host: string): Promise<ResolvedAddress[]> {
  const addresses = await dnsLookup(host, { all: true });
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

async function readStart(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  signal: AbortSignal,
  bytesMax: number,
): Promise<Pick<OutboundReply, "body" | "isWhole">> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection: the rest is never read.
    if (bytes > bytesMax) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, bytesMax).toString("utf8"), isWhole: bytes <= bytesMax };
}

/** The message never names an address that the caller did not: who asks must not learn what the inside looks like. */
function outboundError(url: URL, error: unknown, signal: AbortSignal, timeoutMs: number): DomainError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DomainError) return cause;
  }
  const reason = signal.aborted
    ? `did not answer within ${timeoutMs / 1000} s`
    : `could not be reached (${reasonOf(error)})`;
  return new DomainError("unavailable", "outbound_failed", `${url.host} ${reason}.`, { cause: error });
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string") return code;
  const nested = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  return nested === undefined ? "the connection failed" : reasonOf(nested);
}

function refused(message: string): DomainError {
  return new DomainError("invalid", "outbound_refused", message);
}

function notPublic(host: string): DomainError {
  return refused(
    `${host} is not an address on the public internet, and such targets are refused. The operator of this server can allow it with the setting outbound-allow.`,
  );
}
