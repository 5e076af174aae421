import {
  ClaimRequestSchema,
  CompleteRequestSchema,
  LeaseRequestSchema,
  type ClaimReply,
  type ClaimRequest,
  type CompleteRequest,
  type LateStateReply,
  type LeaseRequest,
} from "@ingot/runner/protocol";
import { Type } from "typebox";
import { noteClaimant } from "../../features/agent-pools/index.ts";
import type { NoteEngines } from "../../features/engines/index.ts";
import { findWork, verifyJobLink, waitForJob, type JobThing, type RunnerWork } from "../../features/runners/index.ts";
import type { Db } from "../../db/database.ts";
import type { Bell } from "../../platform/bell.ts";
import type { Clock } from "../../platform/clock.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";
import { DomainError } from "../../platform/errors.ts";
import type { JobHold } from "../../jobs/index.ts";
import { authenticateBearer } from "../shared/bearer.ts";
import { readBody } from "../shared/read-body.ts";
import { presentJsonError } from "../shared/json-errors.ts";
import { noteAct } from "../shared/audited.ts";
import { noValidCredential, ok, type Call, type Plane, type Reply, type Route } from "../shared/plane.ts";

export interface RunnerPlaneDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Rings when a job may have been queued. */
  readonly bell: Bell;
  readonly noteEngines: NoteEngines;
  /** What runners can be given to do, the most urgent first. */
  readonly works: readonly RunnerWork[];
}

// An engine writes its plan and state in one piece; a runner sends its log in small ones.
const fileBytesMax = 256 * 1024 * 1024;
const chunkBytesMax = 8 * 1024 * 1024;

const FenceSchema = Type.Object({ fence: Type.String({ pattern: "^[0-9]{1,15}$" }) });

/** What runners call with their token. The contract is the protocol file of the runner. */
export function createRunnerPlane(deps: RunnerPlaneDeps): Plane {
  const authenticate = authenticateBearer(deps);
  const routes: Route[] = [
    {
      method: "POST",
      path: "/jobs/claim",
      needs: "runner:work",
      audit: "job.claim",
      work: true,
      body: ClaimRequestSchema,
      handle: async ({ actor, body, request }) => {
        const gone = (): boolean => request.raw.socket.destroyed;
        const checkStillAllowed = async (): Promise<void> => {
          if ((await authenticate(request)) === undefined) throw noValidCredential();
        };
        const asked = body as ClaimRequest;
        const claimant = await noteClaimant(deps, actor, { name: asked.runner, ipAddress: request.ip });
        await deps.noteEngines(actor, asked);
        const job = await waitForJob(deps.works, deps.bell, claimant, asked, gone, checkStillAllowed);
        return ok({ job: job ?? null } satisfies ClaimReply);
      },
    },
    {
      method: "POST",
      path: "/jobs/:job_id/lease",
      needs: "runner:work",
      audit: "job.renew-lease",
      work: true,
      body: LeaseRequestSchema,
      handle: async ({ actor, body, params }) => {
        const id = params["job_id"] ?? "";
        const work = await findWork(deps.works, id);
        return ok(await work.renewLease(actor, { id, fence: (body as LeaseRequest).fence }));
      },
    },
    {
      method: "POST",
      path: "/jobs/:job_id/complete",
      needs: "runner:work",
      audit: "job.complete",
      body: CompleteRequestSchema,
      handle: async ({ actor, body, params }) => {
        const id = params["job_id"] ?? "";
        await (await findWork(deps.works, id)).complete(actor, id, body as CompleteRequest);
        return ok({});
      },
    },
    {
      method: "PUT",
      path: "/jobs/:job_id/late-state",
      needs: "runner:work",
      audit: "job.store-late-state",
      streamTypes: ["application/octet-stream"],
      query: FenceSchema,
      handle: async ({ actor, body, params, query }) => {
        const id = params["job_id"] ?? "";
        const work = await findWork(deps.works, id);
        const hold = { id, fence: Number(query["fence"]) };
        const bytes = await readBody(body, fileBytesMax);
        return ok((await work.receiveLateState(actor, hold, bytes)) satisfies LateStateReply);
      },
    },
  ];
  return {
    name: "runner",
    prefixes: ["/api/runner/v1"],
    routes,
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate,
    presentError: presentJsonError,
    unknownPath: () => new DomainError("not_found", "unknown_path", "The runner plane serves nothing at this path."),
    onClosing: () => deps.bell.close(),
  };
}

export interface RunnerLinksDeps {
  readonly signer: UrlSigner;
  readonly works: readonly RunnerWork[];
}

/** The signed links in a job: bytes in and out, without a bearer. Each serves one thing of one job and fence. */
export function createRunnerLinksPlane(deps: RunnerLinksDeps): Plane {
  const link = (
    method: "GET" | "PUT",
    thing: JobThing,
    audit: string,
    handle: (work: RunnerWork, hold: JobHold, call: Call) => Promise<Reply>,
    bodyBytesMax = fileBytesMax,
  ): Route => ({
    method,
    path: `/${thing}/:token`,
    needs: "signed-link",
    audit,
    bodyBytesMax,
    ...(thing === "log" ? { work: true } : {}),
    async admit(request) {
      const { id } = await holdOf(request.params, thing);
      noteAct(request, { resource: { kind: "job", id, name: null } });
    },
    handle: async (call) => {
      const hold = await holdOf(call.params, thing);
      return handle(await findWork(deps.works, hold.id), hold, call);
    },
  });
  const holdOf = (params: unknown, thing: JobThing): Promise<JobHold> =>
    verifyJobLink(deps.signer, thing, (params as Record<string, string>)["token"] ?? "");
  return {
    name: "runner-links",
    prefixes: ["/api/runner/links"],
    routes: [
      link("GET", "configuration", "job.read-configuration", async (work, hold) =>
        binary(await work.readConfiguration(hold)),
      ),
      link("GET", "state", "job.read-state", async (work, hold) => binary(await work.readState(hold))),
      link("PUT", "state-upload", "job.store-state", async (work, hold, call) => {
        await work.storeState(hold, bodyOf(call), { final: call.query["final"] === "true" });
        return ok({});
      }),
      link("GET", "plan-file", "job.read-plan-file", async (work, hold) => binary(await work.readPlanFile(hold))),
      link("PUT", "plan-file", "job.store-plan-file", async (work, hold, call) => {
        await work.storePlanFile(hold, bodyOf(call));
        return ok({});
      }),
      link("PUT", "plan-json", "job.store-plan-json", async (work, hold, call) => {
        await work.storePlanJson(hold, bodyOf(call));
        return ok({});
      }),
      link("PUT", "plan-rendered", "job.store-rendered-plan", async (work, hold, call) => {
        await work.storeRenderedPlan(hold, bodyOf(call));
        return ok({});
      }),
      link(
        "PUT",
        "log",
        "job.append-log",
        async (work, hold, call) => {
          await work.appendLog(hold, offsetOf(call), bodyOf(call));
          return ok({});
        },
        chunkBytesMax,
      ),
    ],
    contentType: "application/json",
    jsonTypes: [],
    rawBodies: true,
    authenticate: async () => undefined,
    presentError: presentJsonError,
    unknownPath: () => new DomainError("not_found", "no_such_link", "This link does not exist or is no longer valid."),
  };
}

function binary(body: Buffer): Reply {
  return { status: 200, body, contentType: "application/octet-stream" };
}

function bodyOf(call: Call): Buffer {
  return Buffer.isBuffer(call.body) ? call.body : Buffer.alloc(0);
}

function offsetOf(call: Call): number {
  const text = call.query["offset"];
  if (typeof text !== "string" || !/^\d{1,15}$/.test(text)) {
    throw new DomainError("invalid", "offset", "Say where the chunk begins: `?offset=` and a number of bytes.");
  }
  return Number(text);
}
