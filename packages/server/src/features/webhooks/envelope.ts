import type { Event, EventKind } from "../events/index.ts";
import type { BuildContent } from "../versions/index.ts";

/** What a receiver gets. Source: HCP, webhooks: the payload of an event. */
export interface Envelope {
  readonly resource_id: string;
  readonly resource_name: string;
  readonly event_id: string;
  readonly event_action: string;
  readonly event_description: string;
  readonly event_source: string;
  readonly event_version: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export const versionSource = "hashicorp.packer.version";

interface Told {
  readonly action: string;
  readonly description: string;
}

// Source: HCP Packer, webhook events.
const told: Partial<Record<EventKind, Told>> = {
  "version.created": { action: "create", description: "Created version" },
  "version.completed": { action: "complete", description: "Completed version" },
  "version.revoked": { action: "revoke", description: "Revoked version" },
  "version.restored": { action: "restore", description: "Restored version" },
  "version.deleted": { action: "delete", description: "Deleted version" },
  "version.revocation_scheduled": { action: "schedule-revocation", description: "Scheduled version revocation" },
  "version.revocation_canceled": { action: "cancel-revocation", description: "Cancelled version revocation" },
  // Also when the channel points at nothing afterwards.
  "channel.assigned": { action: "assign", description: "Assigned version to channel" },
};

/** What webhooks call this event; undefined for one that they are not told about. */
export function toldOf(kind: EventKind): Told | undefined {
  return told[kind];
}

/** What is read about an event when it is told. */
export interface EventFacts {
  readonly registryId: string;
  readonly builds: readonly BuildContent[];
  readonly previousBuilds: readonly BuildContent[];
  /** Null: nobody asked, a rule did. */
  readonly actor: {
    readonly kind: string;
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
  } | null;
}

export function composeEnvelope(event: Event, { action, description }: Told, facts: EventFacts): Envelope {
  const { registryId } = facts;
  return {
    resource_id: registryId,
    resource_name: `packer/project/${event.projectId ?? ""}/registry/${registryId}`,
    event_id: `packer.event:${event.id}`,
    event_action: action,
    event_description: description,
    event_source: versionSource,
    event_version: "1",
    event_payload: {
      organization_id: event.organizationId,
      project_id: event.projectId ?? "",
      registry: { id: registryId },
      bucket: { id: text(event.data, "bucketId"), name: text(event.data, "bucket") },
      actor: presentActor(facts.actor),
      ...(action === "assign" ? presentAssignment(event, facts) : presentVersionEvent(event, action, facts)),
    },
  };
}

function presentVersionEvent(event: Event, action: string, { builds }: EventFacts): Record<string, unknown> {
  const { data, at } = event;
  return {
    version: {
      ...presentVersion(data),
      status: statusOf(data, at),
      revoke_at: text(data, "revokeAt"),
      revocation_message: text(data, "message"),
      revocation_author: text(data, "revokedBy"),
    },
    ...(action === "create" ? {} : { builds: builds.map(presentBuild) }),
    ...(action === "revoke" || action === "schedule-revocation"
      ? { skip_descendants_revocation: data["skipsDescendants"] === true }
      : {}),
  };
}

function presentAssignment({ data }: Event, { builds, previousBuilds }: EventFacts): Record<string, unknown> {
  const previous = data["previous"] as Readonly<Record<string, unknown>> | null | undefined;
  return {
    version: data["version"] === null ? { id: "", fingerprint: "", name: "" } : presentVersion(data),
    builds: builds.map(presentBuild),
    channel: {
      id: text(data, "channelId"),
      name: text(data, "channel"),
      // The author of what the registry does by itself. Source: HCP Packer, webhook events, the channel latest.
      author_id: text(data, "channelAuthor") || "HCP Packer",
      managed: data["managed"] === true,
      restricted: data["restricted"] === true,
    },
    ...(previous == null
      ? {}
      : { previous_version: presentVersion(previous), previous_builds: previousBuilds.map(presentBuild) }),
  };
}

/** At the moment of the event. Source: HCP Packer, webhook events, whose words are shorter than those of the API. */
function statusOf(data: Readonly<Record<string, unknown>>, at: number): string {
  const revokeAt = Date.parse(text(data, "revokeAt"));
  if (revokeAt <= at) return "REVOKED";
  if (text(data, "version") === "v0") return "RUNNING";
  return Number.isNaN(revokeAt) ? "ACTIVE" : "REVOCATION_SCHEDULED";
}

function presentVersion(data: Readonly<Record<string, unknown>>) {
  return { id: text(data, "versionId"), fingerprint: text(data, "fingerprint"), name: text(data, "version") };
}

function presentBuild(build: BuildContent) {
  return {
    id: build.id,
    platform: build.platform,
    component_type: build.componentType,
    labels: build.labels,
    artifacts: build.artifacts.map(({ region, externalIdentifier }) => ({
      region,
      external_identifier: externalIdentifier,
    })),
  };
}

function presentActor(actor: EventFacts["actor"]): Record<string, unknown> {
  if (actor === null) return { principal_id: "", type: "TYPE_UNSET" };
  const { id, name } = actor;
  return actor.kind === "user"
    ? { principal_id: id, type: "TYPE_USER", user: { id, name, email: actor.email ?? "" } }
    : {
        principal_id: id,
        type: "TYPE_SERVICE",
        service: { id, name, user_managed: actor.kind === "service_principal" },
      };
}

function text(data: Readonly<Record<string, unknown>>, key: string): string {
  const value = data[key];
  return typeof value === "string" ? value : "";
}

/** What is sent to try a webhook out. Source: HCP, webhooks: the verification request. */
export function verificationEnvelope(eventId: string): Envelope {
  return {
    resource_id: "",
    resource_name: "",
    event_id: `webhook.event:${eventId}`,
    event_action: "test",
    event_description: "Verification",
    event_source: "hashicorp.webhook.verification",
    event_version: "1",
    event_payload: {},
  };
}
