import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { Agent, request, type Dispatcher } from "undici";
import {
  ClaimReplySchema,
  LateStateReplySchema,
  LeaseReplySchema,
  type ClaimRequest,
  type CompleteRequest,
  type LateStateReply,
  type LeaseReply,
  type RunnerJob,
} from "./protocol.ts";

export interface ApiClient {
  /** Waits up to `wait_seconds` for a job. One attempt. */
  claim(question: ClaimRequest, signal: AbortSignal): Promise<RunnerJob | null>;
  /** One attempt. */
  renewLease(job: JobRef, signal: AbortSignal): Promise<LeaseReply>;
  /** Repeated until the server has it or the signal aborts, as are the transfers below. */
  complete(job: JobRef, report: Omit<CompleteRequest, "fence">, signal: AbortSignal): Promise<void>;
  /** One attempt. For a job whose lease may have ended long ago. */
  sendLateState(job: JobRef, state: Buffer, signal: AbortSignal): Promise<LateStateReply>;
  download(
    url: string,
    file: string,
    options: { readonly bytesMax: number; readonly signal: AbortSignal },
  ): Promise<void>;
  upload(url: string, body: UploadBody, options: UploadOptions): Promise<void>;
  close(): Promise<void>;
}

export interface JobRef {
  readonly id: string;
  readonly fence: number;
}

export type UploadBody = Buffer | { readonly file: string };

export interface UploadOptions {
  readonly signal: AbortSignal;
  readonly query?: Readonly<Record<string, string>>;
  /** One attempt only. */
  readonly once?: boolean;
}

/** The server's refusal. `code` is its own, such as `lease_lost`. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiRefusal";
    this.status = status;
    this.code = code;
  }
}

/** Whether the server has said that the job is no longer this runner's. A job it does not know is nobody's. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.code === "lease_lost" || error.status === 404);
}

/** Whether the server does not accept the runner's token. */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiRefusal && error.status === 401;
}

export interface ApiClientOptions {
  readonly url: string;
  readonly token: string;
  /** The token as it is now, asked for when the server refuses the one in use: it may have been replaced. */
  readonly rereadToken?: (() => string | undefined) | undefined;
  /** PEM of the server's CA, trusted besides the public ones. */
  readonly ca: string | undefined;
  readonly onRetry: (error: unknown) => void;
}

const requestMs = 30_000;
// The server checks a plan before it answers.
const completeMs = 150_000;
// A state or plan of a few hundred megabytes over a slow line; the lease ends what hangs for good.
const transferMs = 10 * 60_000;
const retryMsMin = 200;
const retryMsMax = 5000;

export function createApiClient(options: ApiClientOptions): ApiClient {
  const connect = options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] };
  const dispatcher = new Agent({ connect: { ...connect, timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 60_000 });
  let token = options.token;
  const base = `${options.url.replace(/\/+$/, "")}/api/runner/v1`;

  async function ask<T extends TSchema>(
    path: string,
    content: { readonly method: "POST" | "PUT"; readonly type: string; readonly body: string | Buffer },
    schema: T | undefined,
    signal: AbortSignal,
  ): Promise<Static<T>> {
    const { method, type, body } = content;
    const attempt = () =>
      send(dispatcher, `${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": type },
        body,
        signal,
      });
    const answer = await attempt().catch((error: unknown) => {
      const current = isUnauthenticated(error) ? options.rereadToken?.() : undefined;
      if (current === undefined || current === token) throw error;
      token = current;
      return attempt();
    });
    const text = await answer.text();
    if (schema === undefined) return undefined as Static<T>;
    const value: unknown = JSON.parse(text);
    if (!Value.Check(schema, value)) {
      const [problem] = Value.Errors(schema, value);
      throw new Error(`The server's answer to ${path} is not as agreed: ${problem?.instancePath} ${problem?.message}.`);
    }
    return value;
  }

  function post<T extends TSchema>(
    path: string,
    body: unknown,
    schema: T | undefined,
    signal: AbortSignal,
  ): Promise<Static<T>> {
    const content = { method: "POST", type: "application/json", body: JSON.stringify(body) } as const;
    return ask(path, content, schema, signal);
  }

  async function untilHeard<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (let waitMs = retryMsMin; ; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (!isWorthRepeating(error)) throw error;
        options.onRetry(error);
        await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal });
      }
    }
  }

  return {
    async claim(question, signal) {
      const limit = AbortSignal.timeout(question.wait_seconds * 1000 + requestMs);
      const reply = await post("/jobs/claim", question, ClaimReplySchema, AbortSignal.any([signal, limit]));
      return reply.job;
    },
    renewLease(job, signal) {
      return post(`/jobs/${encodeURIComponent(job.id)}/lease`, { fence: job.fence }, LeaseReplySchema, signal);
    },
    complete(job, report, signal) {
      return untilHeard(signal, async () => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(completeMs)]);
        const path = `/jobs/${encodeURIComponent(job.id)}/complete`;
        await post(path, { ...report, fence: job.fence }, undefined, limit);
      });
    },
    sendLateState(job, state, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(transferMs)]);
      const path = `/jobs/${encodeURIComponent(job.id)}/late-state?fence=${job.fence}`;
      const content = { method: "PUT", type: "application/octet-stream", body: state } as const;
      return ask(path, content, LateStateReplySchema, limit);
    },
    download(url, file, { bytesMax, signal }) {
      return untilHeard(signal, async () => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(transferMs)]);
        const body = await send(dispatcher, new URL(url, options.url).href, { method: "GET", signal: limit });
        await pipeline(body, limitBytes(bytesMax), createWriteStream(file, { mode: 0o600 }), { signal: limit });
      });
    },
    async upload(url, body, { signal, query, once }) {
      const target = new URL(url, options.url);
      for (const [key, value] of Object.entries(query ?? {})) target.searchParams.set(key, value);
      const attempt = async () => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(transferMs)]);
        const answer = await send(dispatcher, target.href, {
          method: "PUT",
          headers: { "content-type": "application/octet-stream", "content-length": String(await lengthOf(body)) },
          body: Buffer.isBuffer(body) ? body : createReadStream(body.file),
          signal: limit,
        });
        await answer.dump();
      };
      await (once === true ? attempt() : untilHeard(signal, attempt));
    },
    async close() {
      await dispatcher.destroy();
    },
  };
}

type Body = Dispatcher.ResponseData["body"];

async function send(
  dispatcher: Dispatcher,
  url: string,
  options: {
    readonly method: "GET" | "POST" | "PUT";
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer | Readable;
    readonly signal: AbortSignal;
  },
): Promise<Body> {
  const { statusCode, body } = await request(url, { dispatcher, ...options });
  if (statusCode >= 200 && statusCode < 300) return body;
  throw readRefusal(statusCode, await body.text().catch(() => ""));
}

function readRefusal(status: number, text: string): ApiRefusal {
  let said: { error?: unknown; message?: unknown } = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) said = value;
  } catch {
    // A proxy's page, perhaps: the status has to do.
  }
  const code = typeof said.error === "string" ? said.error : "unknown";
  const message = typeof said.message === "string" ? said.message : "no reason given";
  return new ApiRefusal(status, code, `The server answered ${status} ${code}: ${message}`);
}

function isWorthRepeating(error: unknown): boolean {
  if (error instanceof TooManyBytes) return false;
  if (!(error instanceof ApiRefusal)) return true;
  return error.status >= 500 || error.status === 429 || error.status === 408 || error.status === 401;
}

async function lengthOf(body: UploadBody): Promise<number> {
  return Buffer.isBuffer(body) ? body.length : (await stat(body.file)).size;
}

/** A download is larger than allowed. */
export class TooManyBytes extends Error {}

function limitBytes(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > bytesMax ? new TooManyBytes(`more than ${bytesMax} bytes`) : null, chunk);
    },
  });
}
