import type { ActorKind } from "../access/index.ts";
import type { Millis } from "../../platform/clock.ts";

/** The trail of what cannot be attributed to an organization: refused sign-ins, requests without a valid credential. */
export const installationTrail = "installation";

/**
 * `ok`: done. `refused`: nothing was changed, by a rule. `failed`: the server could not; what it had begun was undone.
 * `unknown`: the server stopped before it knew, and the caller was told nothing.
 */
export const auditOutcomes = ["ok", "refused", "failed", "unknown"] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Who acted. `signed_link`: whoever held the link; `server`: a rule, nobody asked; `anonymous`: no valid credential. */
export interface AuditActor {
  readonly kind: ActorKind | "signed_link" | "server" | "anonymous";
  readonly id: string | null;
  readonly name: string | null;
  readonly tokenId: string | null;
  /** Of a service principal's key. */
  readonly clientId: string | null;
}

export interface AuditResource {
  readonly kind: string;
  readonly id: string | null;
  readonly name: string | null;
}

/** The request in which it happened. Never its query, its body or a header that authenticates. */
export interface AuditRequest {
  readonly id: string;
  readonly plane: string;
  readonly method: string;
  /** The template, such as `/api/v2/runs/:run_id/actions/apply`. */
  readonly path: string;
  /** What stood in the path for each name of the template, signed links excepted. */
  readonly params: Readonly<Record<string, string>>;
  readonly clientIp: string;
  readonly userAgent: string | null;
}

export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

/** What somebody did or tried, before it has its place in a trail. */
export interface Act {
  /** Grows with time; two acts with one id are the same act, and are recorded once. */
  readonly id: string;
  /** Null: cannot be attributed. */
  readonly organizationId: string | null;
  readonly projectId: string | null;
  readonly actor: AuditActor;
  /** The audit name of the route, or what a rule did. */
  readonly action: string;
  readonly resource: AuditResource | null;
  readonly outcome: AuditOutcome;
  /** Why not, lower_snake_case; null when it went well. */
  readonly code: string | null;
  /** What HTTP answered; null when nobody was answered. */
  readonly status: number | null;
  /** Null: the server itself acted. */
  readonly request: AuditRequest | null;
  /** Few and small facts about what changed. Never a secret. */
  readonly detail: AuditDetail;
}

/** An act in its place. */
export interface AuditRecord extends Act {
  readonly trail: string;
  /** Counted from 1 in each trail, without gaps. */
  readonly sequence: number;
  /** When it was recorded; never before the record in front of it. */
  readonly at: Millis;
  /** Of the record in front of it. */
  readonly previousHash: string;
  readonly hash: string;
}

export const serverActor: AuditActor = { kind: "server", id: null, name: "Ingot", tokenId: null, clientId: null };

const textMax = 256;

/** A text as a trail holds it: bounded, and free of what one of the databases or an encoder would change. */
export function auditText(text: string): string {
  // Half of a surrogate pair becomes what the encoder makes of it.
  return Buffer.from(text.slice(0, textMax).replaceAll("\u0000", "\uFFFD"), "utf8").toString("utf8");
}

export function auditTextOrNull(text: string | null | undefined): string | null {
  return text == null || text === "" ? null : auditText(text);
}
