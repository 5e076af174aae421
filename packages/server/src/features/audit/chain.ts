import { createHash } from "node:crypto";
import canonicalizeModule from "canonicalize";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { installationTrail, type Act, type AuditRecord } from "./audit-record.ts";

// The package is CommonJS and its types say otherwise.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** Where a trail ends now. */
export interface TrailHead {
  readonly trail: string;
  /** 0: it has no records yet. */
  readonly sequence: number;
  readonly hash: string;
  readonly at: Millis;
}

/** What stands as `previous_hash` in the first record of a trail. */
export const firstPreviousHash = "0".repeat(64);

export function emptyTrail(trail: string): TrailHead {
  return { trail, sequence: 0, hash: firstPreviousHash, at: 0 };
}

export function trailOf(act: Pick<Act, "organizationId">): string {
  return act.organizationId ?? installationTrail;
}

/** Puts the act behind the head: the record, and the text that its hash covers. */
export function chainAct(
  head: TrailHead,
  act: Act,
  now: Millis,
): { readonly record: AuditRecord; readonly text: string } {
  const unsealed = {
    ...act,
    trail: head.trail,
    sequence: head.sequence + 1,
    // Clocks of replicas differ; a range of time must be a range of the trail.
    at: Math.max(now, head.at),
    previousHash: head.hash,
  };
  const text = canonicalText(presentRecord({ ...unsealed, hash: "" }));
  return { record: { ...unsealed, hash: hashOfText(text) }, text };
}

/** RFC 8785 of everything but `hash`. */
export function canonicalText(view: AuditRecordView): string {
  const { hash, ...covered } = view;
  void hash;
  return canonicalize(covered);
}

/** SHA-256 in lower-case hexadecimal. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A record as the API, an export and a stream show it, and as its hash covers it. */
export interface AuditRecordView {
  readonly trail: string;
  readonly sequence: number;
  readonly previous_hash: string;
  readonly id: string;
  readonly at: string;
  readonly organization_id: string | null;
  readonly project_id: string | null;
  readonly actor: {
    readonly kind: string;
    readonly id: string | null;
    readonly name: string | null;
    readonly token_id: string | null;
    readonly client_id: string | null;
  };
  readonly action: string;
  readonly resource: { readonly kind: string; readonly id: string | null; readonly name: string | null } | null;
  readonly outcome: string;
  readonly code: string | null;
  readonly status: number | null;
  readonly request: {
    readonly id: string;
    readonly plane: string;
    readonly method: string;
    readonly path: string;
    readonly params: Readonly<Record<string, string>>;
    readonly client_ip: string;
    readonly user_agent: string | null;
  } | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export function presentRecord(record: AuditRecord): AuditRecordView {
  const { actor, request } = record;
  return {
    trail: record.trail,
    sequence: record.sequence,
    previous_hash: record.previousHash,
    id: record.id,
    at: toRfc3339(record.at),
    organization_id: record.organizationId,
    project_id: record.projectId,
    actor: {
      kind: actor.kind,
      id: actor.id,
      name: actor.name,
      token_id: actor.tokenId,
      client_id: actor.clientId,
    },
    action: record.action,
    resource: record.resource,
    outcome: record.outcome,
    code: record.code,
    status: record.status,
    request: request && {
      id: request.id,
      plane: request.plane,
      method: request.method,
      path: request.path,
      params: request.params,
      client_ip: request.clientIp,
      user_agent: request.userAgent,
    },
    detail: record.detail,
    hash: record.hash,
  };
}
