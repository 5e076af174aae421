import { Type, type Static } from "typebox";
import { canSee, checkOrganizationWide, type Actor } from "../../features/access/index.ts";
import {
  auditOutcomes,
  installationTrail,
  listRecords,
  readHead,
  type RecordFilter,
} from "../../features/audit/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { limitOf, Nullable, pageQuery, Time } from "./list-query.ts";

export interface AuditRoutesDeps {
  /** Whether the organization is the one whose administrators run this server. */
  readonly isOfInstallation: (organizationId: string) => Promise<boolean>;
}

export const AuditRecordSchema = Type.Object({
  trail: Type.String({ description: "the organization's id, or `installation`" }),
  sequence: Type.Integer({ description: "counted from 1 in each trail, without gaps" }),
  previous_hash: Type.String(),
  id: Type.String(),
  at: Time,
  organization_id: Nullable(Type.String()),
  project_id: Nullable(Type.String()),
  actor: Type.Object({
    kind: Type.String({
      description: "user, service_principal, run, runner, signed_link, server (nobody asked) or anonymous",
    }),
    id: Nullable(Type.String()),
    name: Nullable(Type.String()),
    token_id: Nullable(Type.String()),
    client_id: Nullable(Type.String()),
  }),
  action: Type.String({ description: "such as UpdateChannel or run.apply: the audit name of the route" }),
  resource: Nullable(Type.Object({ kind: Type.String(), id: Nullable(Type.String()), name: Nullable(Type.String()) })),
  outcome: Type.Enum([...auditOutcomes]),
  code: Nullable(Type.String({ description: "why not" })),
  status: Nullable(Type.Integer({ description: "what HTTP answered" })),
  request: Nullable(
    Type.Object({
      id: Type.String(),
      plane: Type.String(),
      method: Type.String(),
      path: Type.String({ description: "the template" }),
      params: Type.Record(Type.String(), Type.String()),
      client_ip: Type.String(),
      user_agent: Nullable(Type.String()),
    }),
  ),
  detail: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String({ description: "SHA-256 of the RFC 8785 form of everything but this" }),
});
export type AuditRecord = Static<typeof AuditRecordSchema>;

export const AuditRecordListSchema = Type.Object({
  records: Type.Array(AuditRecordSchema),
  next: Nullable(Type.String()),
});
export type AuditRecordList = Static<typeof AuditRecordListSchema>;

export const AuditHeadListSchema = Type.Object({
  heads: Type.Array(
    Type.Object({ trail: Type.String(), sequence: Type.Integer(), hash: Type.String(), at: Nullable(Time) }),
  ),
});

const text = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }));

const RecordsQuery = Type.Object(
  {
    trail: Type.Optional(
      Type.Enum(["organization", "installation"], {
        description:
          "organization when left out; installation holds what belongs to none, such as refused sign-ins, and is open to administrators of the first organization",
      }),
    ),
    since: text("RFC 3339, included"),
    until: text("RFC 3339, excluded"),
    project: text("a project's id"),
    actor: text("the name of who acted"),
    actor_id: text("the id of who acted"),
    action: text("such as UpdateChannel"),
    resource: text("the name of what it was about"),
    resource_id: text("the id of what it was about"),
    outcome: Type.Optional(Type.Enum([...auditOutcomes])),
    order: Type.Optional(Type.Enum(["newest", "oldest"], { description: "newest first when left out" })),
    ...pageQuery,
    after: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$", description: "the `next` of the page before" })),
  },
  { additionalProperties: false },
);

/** Who did what, or was refused. For administrators. */
export function auditRoutes(deps: Pick<ConsoleDeps, "db"> & AuditRoutesDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/audit-records",
      needs: "audit:read",
      audit: "audit.list",
      doc: {
        summary: "Who did what, or was refused",
        description:
          "Every write and every refusal, in a chain of hashes for each organization. Read in order, all records of a trail can be verified offline: `ingot audit verify`.",
        reply: AuditRecordListSchema,
      },
      query: RecordsQuery,
      handle: async ({ actor, query }) => {
        const input = query as Static<typeof RecordsQuery>;
        const ofInstallation = input.trail === "installation";
        checkPlace(actor, ofInstallation ? undefined : input.project);
        if (ofInstallation && !(await deps.isOfInstallation(actor.organizationId))) throw notYourTrail();
        const size = limitOf(input.limit);
        const trail = ofInstallation ? installationTrail : actor.organizationId;
        const found = await listRecords(deps.db, filterOf(trail, input), {
          order: input.order ?? "newest",
          limit: size + 1,
          ...(input.after === undefined ? {} : { after: Number(input.after) }),
        });
        const records = found.slice(0, size);
        return ok({ records, next: found.length > size ? String(records.at(-1)?.sequence) : null });
      },
    },
    {
      method: "GET",
      path: "/audit-heads",
      needs: "audit:read",
      audit: "audit.read-heads",
      doc: {
        summary: "Where the trails end now",
        description: "Kept elsewhere, a head proves later that nothing before it was cut off or made anew.",
        reply: AuditHeadListSchema,
      },
      handle: async ({ actor }) => {
        checkOrganizationWide(actor);
        const ofInstallation = await deps.isOfInstallation(actor.organizationId);
        const trails = [actor.organizationId, ...(ofInstallation ? [installationTrail] : [])];
        const heads = await Promise.all(trails.map((trail) => readHead(deps.db, trail)));
        return ok({ heads: heads.map((head) => ({ ...head, at: head.sequence === 0 ? null : toRfc3339(head.at) })) });
      },
    },
  ];
}

/** Whoever administers one project reads what was done in it, and must name it. */
function checkPlace(actor: Actor, projectId: string | undefined): void {
  if (projectId === undefined) return checkOrganizationWide(actor);
  if (!canSee(actor, { organizationId: actor.organizationId, projectId })) {
    throw new DomainError("not_found", "project_not_found", "There is no such project that this credential can see.");
  }
}

function filterOf(trail: string, input: Static<typeof RecordsQuery>): RecordFilter {
  return {
    trail,
    ...(input.project === undefined ? {} : { projectId: input.project }),
    ...(input.since === undefined ? {} : { since: timeOf("since", input.since) }),
    ...(input.until === undefined ? {} : { until: timeOf("until", input.until) }),
    ...(input.actor === undefined ? {} : { actorName: input.actor }),
    ...(input.actor_id === undefined ? {} : { actorId: input.actor_id }),
    ...(input.action === undefined ? {} : { action: input.action }),
    ...(input.resource === undefined ? {} : { resourceName: input.resource }),
    ...(input.resource_id === undefined ? {} : { resourceId: input.resource_id }),
    ...(input.outcome === undefined ? {} : { outcome: input.outcome }),
  };
}

function timeOf(name: string, given: string): Millis {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(given) ? Date.parse(given) : NaN;
  if (Number.isNaN(at)) {
    throw new DomainError("invalid", "bad_time", `\`${name}\` is not a time such as 2026-11-28T12:00:00Z.`);
  }
  return at;
}

function notYourTrail(): DomainError {
  return new DomainError(
    "forbidden",
    "installation_trail",
    "The installation's own trail is open to administrators of the organization that this server was set up with.",
  );
}
