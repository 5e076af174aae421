import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Value } from "typebox/value";
import {
  ClaimRequestSchema,
  CompleteRequestSchema,
  LeaseRequestSchema,
  RunnerJobSchema,
  type ClaimRequest,
  type CompleteRequest,
  type LateStateReply,
  type LeaseReply,
  type RunnerJob,
} from "../protocol.ts";

export const fakeToken = "runner-token-that-nobody-may-see";

/** What the server knows of one job. */
export interface ServedJob {
  readonly job: RunnerJob;
  log: Buffer;
  planFile: Buffer | undefined;
  planJson: unknown;
  planRendered: unknown;
  /** In the order of their arrival; the last may be final. */
  readonly states: { readonly bytes: Buffer; readonly final: boolean }[];
  heartbeats: number;
  /** What heartbeats answer from now on. */
  stop: LeaseReply["stop"] | "lost";
  report: CompleteRequest | undefined;
  /** What came after the lease had ended. */
  lateStates: Buffer[];
}

export interface FakeServer {
  readonly url: string;
  /** The one bearer that is accepted. */
  token: string;
  readonly claims: ClaimRequest[];
  /** Offers a job; resolves when a runner has reported it. */
  offer(job: JobWish): ServedJob;
  /** Resolves once the condition holds; looked at after every request. */
  until(condition: () => boolean): Promise<void>;
  /** Answers some requests by itself: a status, or nothing to let them through. */
  fault: (method: string, path: string) => { status: number; error?: string } | "hang" | undefined;
  close(): Promise<void>;
}

export type JobWish = Partial<Omit<RunnerJob, "urls">> & {
  readonly configuration: Buffer;
  readonly state?: Buffer | null;
  readonly planFile?: Buffer | undefined;
  readonly wantsRendered?: boolean;
};

/** The server's side of the protocol, in memory and as strict as the real one. */
export async function startFakeServer(): Promise<FakeServer> {
  const jobs = new Map<string, ServedJob & { readonly wish: JobWish }>();
  const offered: string[] = [];
  const claims: ClaimRequest[] = [];
  const waiting = new Set<() => void>();
  let count = 0;

  const server = createServer((request, response) => {
    void answer(request, response).then(() => {
      for (const look of waiting) look();
    });
  });

  server.on("connection", (socket) =>
    socket.once("close", () => {
      for (const look of waiting) look();
    }),
  );

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? "", "http://fake");
    const method = request.method ?? "";
    const fault = fake.fault(method, url.pathname);
    if (fault === "hang") return;
    const [status, body] =
      fault === undefined
        ? await handle(method, url, request, Buffer.concat(chunks))
        : [fault.status, { error: fault.error ?? "fault", message: "as the test wants it" }];
    response.writeHead(status).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  async function handle(method: string, url: URL, request: IncomingMessage, body: Buffer): Promise<[number, unknown]> {
    const [, area, id = "", what] = /^\/(api\/runner\/v1\/jobs|files)\/([^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
    if (area === "files") return handleFile(method, id, what ?? "", url, request, body);
    if (request.headers.authorization !== `Bearer ${fake.token}`) return [401, { error: "unauthenticated" }];
    if (what === "late-state") return takeLate(jobs.get(id), url, body);
    const value: unknown = JSON.parse(body.toString());
    if (id === "claim") return claim(value, request);
    const served = jobs.get(id);
    if (served === undefined) return [404, { error: "no_such_job" }];
    if (what === "lease") return renew(served, value);
    if (what === "complete") return complete(served, value);
    return [404, { error: "no_such_route" }];
  }

  async function claim(value: unknown, request: IncomingMessage): Promise<[number, unknown]> {
    if (!Value.Check(ClaimRequestSchema, value)) return [400, { error: "invalid" }];
    claims.push(value);
    await fake.until(() => offered.length > 0 || request.socket.destroyed);
    const id = request.socket.destroyed ? undefined : offered.shift();
    return [200, { job: id === undefined ? null : jobs.get(id)?.job }];
  }

  function renew(served: ServedJob, value: unknown): [number, unknown] {
    if (!Value.Check(LeaseRequestSchema, value)) return [400, { error: "invalid" }];
    if (served.stop === "lost" || value.fence !== served.job.fence) return [409, { error: "lease_lost" }];
    served.heartbeats++;
    return [200, { stop: served.stop }];
  }

  function takeLate(served: ServedJob | undefined, url: URL, body: Buffer): [number, unknown] {
    if (served === undefined || Number(url.searchParams.get("fence")) !== served.job.fence) {
      return [409, { error: "lease_lost" }];
    }
    served.lateStates.push(body);
    return [200, { kept: "beside" } satisfies LateStateReply];
  }

  function complete(served: ServedJob, value: unknown): [number, unknown] {
    if (!Value.Check(CompleteRequestSchema, value)) return [400, { error: "invalid" }];
    if (served.stop === "lost" || value.fence !== served.job.fence) return [409, { error: "lease_lost" }];
    served.report = value;
    return [200, {}];
  }

  function handleFile(
    method: string,
    id: string,
    what: string,
    url: URL,
    request: IncomingMessage,
    body: Buffer,
  ): [number, unknown] {
    const served = jobs.get(id);
    if (served === undefined) return [404, { error: "no_such_link" }];
    // The link is the permission; the bearer is for the API alone.
    if (request.headers.authorization !== undefined) return [400, { error: "unexpected_bearer" }];
    switch (`${method} ${what}`) {
      case "GET configuration":
        return [200, served.wish.configuration];
      case "GET state":
        return [200, served.wish.state];
      case "GET plan":
        return [200, served.wish.planFile];
      case "PUT plan":
        served.planFile = body;
        return [200, {}];
      case "PUT plan-json":
        served.planJson = JSON.parse(body.toString());
        return [200, {}];
      case "PUT plan-rendered":
        served.planRendered = JSON.parse(body.toString());
        return [200, {}];
      case "PUT state":
        served.states.push({ bytes: body, final: url.searchParams.get("final") === "true" });
        return [200, {}];
      case "PUT log":
        return appendLog(served, Number(url.searchParams.get("offset")), body);
      default:
        return [404, { error: "no_such_link" }];
    }
  }

  function appendLog(served: ServedJob, offset: number, body: Buffer): [number, unknown] {
    if (offset > served.log.length) return [409, { error: "log_gap" }];
    if (offset === served.log.length) served.log = Buffer.concat([served.log, body]);
    return [200, {}];
  }

  const fake: FakeServer = {
    url: "",
    token: fakeToken,
    claims,
    fault: () => undefined,
    offer(wish) {
      const { configuration: _configuration, state, planFile: _planFile, wantsRendered, ...given } = wish;
      const id = `job-${++count}`;
      const files = `${fake.url}/files/${id}`;
      const job: RunnerJob = {
        id,
        fence: 7,
        lease_seconds: 20,
        heartbeat_seconds: 1,
        phase: "plan",
        run_id: `run-${count}`,
        workspace: { id: "ws-1", name: "production", organization: "acme" },
        engine: { name: null, version: null },
        working_directory: "",
        options: { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [] },
        variables: [],
        environment: {},
        masked: [],
        timeout_seconds: 600,
        archive_bytes_max: 1 << 20,
        ...given,
        urls: {
          configuration: `${files}/configuration`,
          state: state === undefined || state === null ? null : `${files}/state`,
          state_upload: `${files}/state`,
          plan_file: `${files}/plan`,
          plan_json: `${files}/plan-json`,
          ...(wantsRendered === true ? { plan_rendered: `${files}/plan-rendered` } : {}),
          log: `${files}/log`,
        },
      };
      if (!Value.Check(RunnerJobSchema, job)) throw new Error("the job of this test is not as the protocol wants it");
      const served = {
        wish,
        job,
        log: Buffer.alloc(0),
        planFile: undefined,
        planJson: undefined,
        planRendered: undefined,
        states: [],
        heartbeats: 0,
        stop: "no" as const,
        report: undefined,
        lateStates: [],
      };
      jobs.set(id, served);
      offered.push(id);
      for (const look of waiting) look();
      return served;
    },
    until(condition) {
      return new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, { url: `http://127.0.0.1:${port}` });
}
