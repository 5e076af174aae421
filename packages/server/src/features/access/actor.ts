import { roleMay, type Permission, type Role } from "./permissions.ts";

export type ActorKind = "user" | "service_principal" | "run" | "runner";

/** Who is calling, resolved once per request from its credential. */
export interface Actor {
  readonly kind: ActorKind;
  /** The principal's id; for a run credential the run's id, for that of an assessment the workspace's. */
  readonly id: string;
  /** What is written as author: the name of a service principal, the e-mail (or name) of a person. */
  readonly name: string;
  readonly organizationId: string;
  /** Null: every project of the organization. */
  readonly projectId: string | null;
  readonly role: Role;
  /** Set on the credentials of runs and assessments only: the workspace whose configuration is asking. */
  readonly workspaceId: string | null;
  /** Null for an assessment. */
  readonly runId: string | null;
  /** What it authenticated with; for the audit trail only. */
  readonly credential?: Credential;
}

export interface Credential {
  /** `at-…`; never the token itself. */
  readonly tokenId: string;
  /** Of the service principal key that the token was minted from; null for any other token. */
  readonly clientId: string | null;
}

/** Where something lives: the unit of tenancy that both planes see. */
export interface Place {
  readonly organizationId: string;
  readonly projectId: string;
}

/** Whether the actor can see this place at all. When not, whatever is asked for answers as missing. */
export function canSee(actor: Actor, place: Place): boolean {
  return (
    actor.organizationId === place.organizationId && (actor.projectId === null || actor.projectId === place.projectId)
  );
}

/** Whether the actor's role allows this anywhere it can see. */
export function may(actor: Actor, permission: Permission): boolean {
  return roleMay(actor.role, permission);
}
