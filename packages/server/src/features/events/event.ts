import type { Millis } from "../../platform/clock.ts";

/**
 * What can happen. Runs have one kind for every status that they enter, `run.applied`; `run.planned` has `waits` in its data when a person
 * must confirm it.
 */
export type EventKind =
  | `run.${string}`
  | "channel.assigned"
  | "version.created"
  | "version.completed"
  | "version.not_enforced"
  | "version.revoked"
  | "version.revocation_scheduled"
  | "version.revocation_canceled"
  | "version.restored"
  | "version.deleted"
  | "assessment.started"
  | "assessment.finished"
  | "alert.opened"
  | "alert.changed"
  | "alert.resolved"
  | "change_request.created";

/** Who caused what happened, as a member of `data`: `actor`. */
export interface EventActor {
  readonly kind: string;
  readonly id: string;
}

/** Keeps of an actor what an event says of it. Undefined: nobody asked, a rule did. */
export function eventActor(actor: EventActor | undefined): { readonly actor?: EventActor } {
  return actor === undefined ? {} : { actor: { kind: actor.kind, id: actor.id } };
}

export interface NewEvent {
  readonly kind: EventKind;
  readonly organizationId: string;
  /** Null: of the organization as a whole. */
  readonly projectId: string | null;
  readonly workspaceId: string | null;
  /** One sentence for people. */
  readonly summary: string;
  /** Null: nobody asked, a rule did. */
  readonly actorName: string | null;
  /** Ids and names for whoever reacts: `runId`, `bucket`, `version`, `channel`, … Never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Something that happened. Its id grows with time, and is what a reader has seen last. */
export interface Event extends NewEvent {
  readonly id: string;
  readonly at: Millis;
}
