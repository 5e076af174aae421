import { Type, type Static } from "typebox";
import type { Db } from "../../db/database.ts";
import { findActorByToken, may, type Actor } from "../../features/access/index.ts";
import { findOrganizationByName } from "../../features/organizations/index.ts";
import { findProject, listProjects, type Project } from "../../features/projects/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { basicCredentials, bearerToken } from "../shared/bearer.ts";
import { presentJsonError } from "../shared/json-errors.ts";
import { ok, type Call, type Plane, type Reply } from "../shared/plane.ts";
import { presentChannel, presentRemoteState, selectArtifacts, type ConsumedChannel } from "./present-channel.ts";

export interface ConsumePlaneDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Errors: not_found for a bucket or channel that the actor cannot see, forbidden for a restricted one. */
  readonly readChannel: (
    actor: Actor,
    channel: { readonly projectId: string; readonly bucketName: string; readonly channelName: string },
  ) => Promise<ConsumedChannel>;
  /** Called with what a run was answered. */
  readonly noteChannelRead: (
    actor: Actor,
    read: { readonly channelId: string; readonly versionId: string | null },
  ) => Promise<void>;
}

const ArtifactQuery = Type.Object(
  {
    platform: Type.Optional(Type.String({ maxLength: 255 })),
    region: Type.Optional(Type.String({ maxLength: 255 })),
    component: Type.Optional(Type.String({ maxLength: 255 })),
    "allow-revoked": Type.Optional(Type.Union([Type.Literal("true"), Type.Literal("false")])),
  },
  { additionalProperties: false },
);

const channelPath = "/:organization/:project/buckets/:bucket/channels/:channel";

/**
 * Reading a channel without any provider: as JSON, as the text of one artifact's identifier, and as a read-only state for
 * `data "terraform_remote_state"` with the `http` backend, which sends a user name and a password: the password is the
 * token, the user name may be anything.
 */
export function createConsumePlane(deps: ConsumePlaneDeps): Plane {
  async function read(call: Call): Promise<ConsumedChannel> {
    const { organization, project, bucket, channel } = call.params as Record<
      "organization" | "project" | "bucket" | "channel",
      string
    >;
    const place = await findVisibleProject(deps.db, call.actor, organization, project);
    const found = await deps.readChannel(call.actor, { projectId: place.id, bucketName: bucket, channelName: channel });
    await deps.noteChannelRead(call.actor, { channelId: found.channelId, versionId: found.version?.id ?? null });
    return found;
  }

  return {
    name: "consume",
    prefixes: ["/consume/v1"],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    async authenticate(request) {
      const token = bearerToken(request) ?? basicCredentials(request)?.password;
      return token === undefined ? undefined : findActorByToken(deps.db, token, deps.now());
    },
    presentError(error) {
      const document = presentJsonError(error);
      // Without the challenge curl and others never send the credentials they were given.
      return document.status === 401
        ? { ...document, headers: { "www-authenticate": 'Basic realm="Ingot"' } }
        : document;
    },
    unknownPath: () =>
      new DomainError(
        "not_found",
        "no_such_path",
        `Nothing is served here. A channel is at /consume/v1${channelPath}.`,
      ),
    routes: [
      {
        method: "GET",
        path: channelPath,
        needs: "channel:consume",
        audit: "channel.consume",
        handle: async (call) => ok(presentChannel(await read(call), deps.now())),
      },
      {
        method: "GET",
        path: `${channelPath}/identifier`,
        needs: "channel:consume",
        audit: "channel.consume",
        query: ArtifactQuery,
        handle: async (call) => {
          const query = call.query as Static<typeof ArtifactQuery>;
          const channel = await read(call);
          const identifier = selectArtifacts(channel, query, deps.now());
          return text(`${identifier}\n`);
        },
      },
      {
        method: "GET",
        path: `${channelPath}/state`,
        needs: "channel:consume",
        audit: "channel.consume",
        handle: async (call) => ok(presentRemoteState(await read(call), deps.now())),
      },
    ],
  };
}

function text(body: string): Reply {
  return { status: 200, body, contentType: "text/plain; charset=utf-8" };
}

/** The project by name or id. Whatever the actor cannot see answers as missing. */
async function findVisibleProject(db: Db, actor: Actor, organizationName: string, project: string): Promise<Project> {
  const missing = new DomainError(
    "not_found",
    "no_such_project",
    `There is no project ${JSON.stringify(project)} in an organization ${JSON.stringify(organizationName)} that this credential can see.`,
  );
  const organization = await findOrganizationByName(db, organizationName);
  if (organization === undefined || organization.id !== actor.organizationId) throw missing;
  const [byName] = await listProjects(db, { organizationId: organization.id, name: project });
  const found = byName ?? (await findProject(db, project));
  // By name only: whether the actor may read from it is decided for the bucket.
  if (found === undefined) throw missing;
  if (!may(actor, "project:read", { organizationId: found.organizationId, projectId: found.id })) throw missing;
  return found;
}
