import type { FastifyRequest } from "fastify";
import { isIn, type Actor } from "../../features/access/index.ts";
import {
  auditText,
  auditTextOrNull,
  type Act,
  type AuditActor,
  type AuditDetail,
  type AuditResource,
  type AuditTrail,
  type RefusalLimit,
} from "../../features/audit/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import { auditedParams, resourceInAnswer, resourceInPath, resourceInRequest } from "./audit-resource.ts";

/** Where something lives, as far as a trail is concerned. */
export interface AuditPlace {
  readonly organizationId: string;
  readonly projectId: string | null;
}

/** A row of a plane's table, as far as a trail is concerned. */
export interface AuditedRoute {
  readonly method: string;
  /** Below the prefix. */
  readonly path: string;
  readonly prefix: string;
  readonly plane: string;
  readonly needs: string;
  readonly audit: string;
  readonly work?: true | ((body: unknown) => boolean);
  readonly reads?: true;
}

/** What planes record with. */
export interface AuditHook {
  readonly trail: Pick<AuditTrail, "begin" | "record" | "abandon">;
  readonly limit: Pick<RefusalLimit, "admit">;
  readonly now: Clock;
  /** Where the first of these ids that it knows lives; asked on writes, since few paths name a project. */
  readonly locate: (ids: readonly string[]) => Promise<AuditPlace | undefined>;
}

/** What a handler knows of an act beyond its path and its answer. Never a secret. */
export interface ActNote {
  /** Who it turned out to be, on a route that asks for no credential. */
  readonly actor?: Pick<Actor, "kind" | "id" | "name" | "organizationId" | "credential">;
  /** `installation`: what no organization's trail could tell of, as that organizations come and go. */
  readonly place?: AuditPlace | "installation";
  readonly resource?: AuditResource;
  /** What changed, in a few words and numbers. */
  readonly detail?: AuditDetail;
}

interface RequestState {
  readonly notes: ActNote[];
  /** Set once it is begun. */
  act?: Act;
  /** It is in the trail, or could not get there: nothing more is recorded of this request. */
  settled: boolean;
}

const states = new WeakMap<FastifyRequest, RequestState>();

function stateOf(request: FastifyRequest): RequestState {
  const state = states.get(request) ?? { notes: [], settled: false };
  states.set(request, state);
  return state;
}

/** Whether a request of this route is one that a trail tells of when it succeeds. */
export function isAct(route: Pick<AuditedRoute, "method" | "work" | "reads">, body: unknown): boolean {
  if (route.method === "GET" || route.reads === true) return false;
  return typeof route.work === "function" ? !route.work(body) : route.work !== true;
}

export function noteAct(request: FastifyRequest, note: ActNote): void {
  stateOf(request).notes.push(note);
}

/** Runs the handler of an act between the two ends of its record: what this returns may be answered. */
export async function handleAct<R extends { readonly status: number; readonly body?: unknown }>(
  hook: AuditHook,
  route: AuditedRoute,
  request: FastifyRequest,
  actor: Actor | undefined,
  handle: () => Promise<R>,
): Promise<R> {
  const state = stateOf(request);
  const described = await describeAct(hook, route, request, actor);
  state.act = described;
  // A server that dies now leaves this, and what was to be made has no path yet.
  const made = state.notes.some(({ resource }) => resource !== undefined)
    ? null
    : resourceInRequest(route.method, route.path, request.body);
  hook.trail.begin(made === null ? described : { ...described, resource: made });
  const reply = await handle();
  state.settled = true;
  const act = withNotes(state.act, state.notes);
  const answered = resourceInAnswer(reply.body, route.path);
  await hook.trail.record({
    ...act,
    resource: state.notes.some((note) => note.resource !== undefined) ? act.resource : merge(answered, act.resource),
    outcome: "ok",
    status: reply.status,
  });
  return reply;
}

/**
 * Records that the request was not done, when its route says that this belongs in a trail: whatever went wrong with an act,
 * and of everything else when somebody was kept out. Resolves at once for the rest.
 */
export async function recordRefusal(
  hook: AuditHook,
  route: AuditedRoute,
  request: FastifyRequest,
  actor: Actor | undefined,
  refusal: { readonly error: DomainError; readonly status: number },
): Promise<void> {
  const { error, status } = refusal;
  const state = stateOf(request);
  const keptOut = error.kind === "unauthenticated" || error.kind === "forbidden";
  if (state.settled || !(keptOut || state.act !== undefined || isAct(route, request.body))) return;
  state.settled = true;
  const act = withNotes(state.act ?? (await describeAct(hook, route, request, actor)), state.notes);
  if (act.organizationId === null && actor === undefined && !hook.limit.admit(request.ip, hook.now()))
    return hook.trail.abandon(act);
  const failed = error.kind === "unavailable";
  await hook.trail.record({ ...act, outcome: failed ? "failed" : "refused", code: error.code, status });
}

async function describeAct(
  hook: AuditHook,
  route: AuditedRoute,
  request: FastifyRequest,
  actor: Actor | undefined,
): Promise<Act> {
  const params = auditedParams(request.params);
  const noted = stateOf(request).notes.find(({ resource }) => resource !== undefined)?.resource ?? null;
  // Nobody's word is taken for what a path names; a link has proved what it is about.
  const ids = noted?.id != null ? [noted.id] : actor === undefined ? [] : Object.values(params);
  const place = await locate(hook, actor, ids);
  return {
    id: newUlid(),
    organizationId: place?.organizationId ?? actor?.organizationId ?? null,
    projectId: place?.projectId ?? params["project_id"] ?? null,
    actor: actor === undefined ? { ...nobody, kind: kindWithout(route) } : auditActor(actor),
    action: route.audit,
    resource: noted ?? resourceInPath(route.path, params),
    outcome: "unknown",
    code: null,
    status: null,
    request: {
      id: request.id,
      plane: route.plane,
      method: request.method,
      path: route.prefix + route.path,
      params,
      clientIp: request.ip,
      userAgent: auditTextOrNull(request.headers["user-agent"]),
    },
    detail: {},
  };
}

/** Where something of another organization lives is told to nobody, not even here. */
async function locate(
  hook: AuditHook,
  actor: Actor | undefined,
  ids: readonly string[],
): Promise<AuditPlace | undefined> {
  const place = await hook.locate(ids);
  return actor === undefined || (place !== undefined && isIn(actor, place.organizationId)) ? place : undefined;
}

const nobody = { id: null, name: null, tokenId: null, clientId: null };

function kindWithout(route: AuditedRoute): "signed_link" | "anonymous" {
  return route.needs === "signed-link" ? "signed_link" : "anonymous";
}

function auditActor(actor: NonNullable<ActNote["actor"]>): AuditActor {
  return {
    kind: actor.kind,
    id: actor.id,
    name: auditTextOrNull(actor.name),
    tokenId: actor.credential?.tokenId ?? null,
    clientId: actor.credential?.clientId ?? null,
  };
}

function withNotes(act: Act, notes: readonly ActNote[]): Act {
  return notes.reduce<Act>(
    (noted, { actor, place, resource, detail }) => ({
      ...noted,
      ...(actor === undefined
        ? {}
        : { actor: auditActor(actor), organizationId: actor.organizationId, projectId: null }),
      ...(place === undefined ? {} : ofPlace(place)),
      ...(resource === undefined ? {} : { resource }),
      ...(detail === undefined ? {} : { detail: { ...noted.detail, ...boundDetail(detail) } }),
    }),
    act,
  );
}

function ofPlace(place: AuditPlace | "installation"): Pick<Act, "organizationId" | "projectId"> {
  if (place === "installation") return { organizationId: null, projectId: null };
  return { organizationId: place.organizationId, projectId: place.projectId };
}

function boundDetail(detail: AuditDetail): AuditDetail {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name, typeof value === "string" ? auditText(value) : value]),
  );
}

/** The path often knows the name where the answer knows the id. */
function merge(answered: AuditResource | null, inPath: AuditResource | null): AuditResource | null {
  if (answered === null) return inPath;
  return { ...answered, name: answered.name ?? (inPath?.kind === answered.kind ? inPath.name : null) };
}
