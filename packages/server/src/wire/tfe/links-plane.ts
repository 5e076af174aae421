import type { FastifyRequest } from "fastify";
import { uploadPolicySetVersion } from "../../features/policy-sets/index.ts";
import { followFramedLog, readFramedLog, uploadConfiguration } from "../../features/runs/index.ts";
import { readConfiguration } from "../../features/config-versions/index.ts";
import { uploadJsonState, uploadState } from "../../features/state-versions/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { noteAct } from "../shared/audited.ts";
import type { Call, Plane, Reply, Route } from "../shared/plane.ts";
import { jsonApiType } from "./json-api.ts";
import { verifyLink, type LinkKind } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { presentTfeError } from "./tfe-errors.ts";

const policiesBytesMax = 20 * 1024 * 1024;
const stateBytesMax = 256 * 1024 * 1024;
// What one answer of the log reader holds at most; clients ask for 64 KiB.
const logLimitMax = 4 * 1024 * 1024;

/** Uploads and logs: requests without a bearer, whose permission is the signature in their path. */
export function createTfeLinksPlane(deps: TfeDeps): Plane {
  const idOf = (request: FastifyRequest, kind: LinkKind): Promise<string> =>
    verifyLink(deps, kind, (request.params as Record<string, string>)["token"] ?? "");
  const link = (
    method: "GET" | "PUT",
    kind: LinkKind,
    audit: string,
    bodyBytesMax: number,
    handle: (id: string, call: Call) => Promise<Reply>,
  ): Route => ({
    method,
    path: `/${kind}/:token`,
    needs: "signed-link",
    audit,
    bodyBytesMax,
    async admit(request) {
      noteAct(request, { resource: { kind: resourceOf[kind], id: await idOf(request, kind), name: null } });
    },
    handle: async (call) => handle(await idOf(call.request, kind), call),
  });
  return {
    name: "tfe-links",
    prefixes: ["/signed"],
    routes: [
      link("PUT", "configuration", "configuration-version.upload", deps.archiveBytesMax, async (id, call) => {
        await uploadConfiguration(deps, id, bodyOf(call));
        return { status: 200 };
      }),
      link("GET", "configuration-archive", "configuration-version.download", 1, async (id) => ({
        status: 200,
        body: await readConfiguration(deps, id),
        contentType: "application/octet-stream",
      })),
      link("PUT", "state", "state-version.upload", stateBytesMax, async (id, call) => {
        await uploadState(deps, id, bodyOf(call));
        return { status: 200 };
      }),
      link("PUT", "json-state", "state-version.upload-json", stateBytesMax, async (id, call) => {
        await uploadJsonState(deps, id, bodyOf(call));
        return { status: 200 };
      }),
      link("PUT", "policy-set-version", "policy-set-version.upload", policiesBytesMax, async (id, call) => {
        await uploadPolicySetVersion(deps, id, bodyOf(call));
        return { status: 200 };
      }),
      link("GET", "log", "log.read", 1, async (id, call) => {
        const bytes = await readLog(deps, id, call);
        return { status: 200, body: bytes, contentType: "text/plain; charset=utf-8" };
      }),
    ],
    contentType: jsonApiType,
    jsonTypes: [],
    rawBodies: true,
    authenticate: async () => undefined,
    presentError: presentTfeError,
    unknownPath: () => new DomainError("not_found", "no_such_link", "This link does not exist or is no longer valid."),
    onClosing: () => deps.logs.close(),
  };
}

/** Whoever says how much it takes at once follows the log; anybody else reads what there is. */
function readLog(deps: TfeDeps, phaseId: string, call: Call): Promise<Buffer> {
  const asked = numberOf(call, "limit");
  const limit = Math.min(asked ?? logLimitMax, logLimitMax);
  const offset = numberOf(call, "offset") ?? 0;
  if (asked === undefined) return readFramedLog(deps, phaseId, offset, limit);
  return followFramedLog(deps, phaseId, { offset, limit }, () => call.request.raw.socket.destroyed);
}

const resourceOf: Record<LinkKind, string> = {
  configuration: "configuration-version",
  "configuration-archive": "configuration-version",
  state: "state-version",
  "json-state": "state-version",
  "policy-set-version": "policy-set-version",
  log: "log",
};

function bodyOf(call: Call): Buffer {
  return Buffer.isBuffer(call.body) ? call.body : Buffer.alloc(0);
}

/** Anything but a number counts as absent: a valid log link never answers with an error, which would end the command. */
function numberOf(call: Call, name: string): number | undefined {
  const text = call.query[name];
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
