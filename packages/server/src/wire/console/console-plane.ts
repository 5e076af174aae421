import { Type, type Static } from "typebox";
import type { Db } from "../../db/database.ts";
import { listImageUses, type ImageUse } from "../../features/image-uses/index.ts";
import { createRunnerToken } from "../../features/principals/index.ts";
import { toRfc3339, type Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { authenticateBearer } from "../shared/bearer.ts";
import { presentJsonError } from "../shared/json-errors.ts";
import { ok, type Plane } from "../shared/plane.ts";

const pageSizeDefault = 100;
const pageSizeMax = 1000;

const ImageUsesQuery = Type.Object(
  {
    bucket: Type.Optional(Type.String({ maxLength: 255 })),
    version: Type.Optional(Type.String({ pattern: "^v[0-9]{1,9}$" })),
    identifier: Type.Optional(Type.String({ maxLength: 1024 })),
    workspace: Type.Optional(Type.String({ maxLength: 64 })),
    after: Type.Optional(Type.String({ maxLength: 4096 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,4}$" })),
  },
  { additionalProperties: false },
);

const RunnerTokenBody = Type.Object(
  { name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$" }) },
  { additionalProperties: false },
);

/** Ingot's own API below `/api/v1`: what neither published contract has a word for. */
export function createConsolePlane(deps: { readonly db: Db; readonly now: Clock }): Plane {
  return {
    name: "console",
    prefixes: ["/api/v1"],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateBearer(deps),
    presentError: presentJsonError,
    unknownPath: () => new DomainError("not_found", "no_such_path", "Nothing is served at this path below /api/v1."),
    routes: [
      {
        method: "POST",
        path: "/runner-tokens",
        needs: "runner:manage",
        audit: "runner-token.create",
        body: RunnerTokenBody,
        handle: async ({ actor, body }) => {
          const { name } = body as Static<typeof RunnerTokenBody>;
          const token = await createRunnerToken(deps, { organizationId: actor.organizationId, name });
          return { status: 201, body: { name, token } };
        },
      },
      {
        method: "GET",
        path: "/image-uses",
        needs: "image-use:read",
        audit: "image-use.list",
        query: ImageUsesQuery,
        handle: async ({ actor, query }) => {
          const { bucket, version, identifier, workspace, after, limit } = query as Static<typeof ImageUsesQuery>;
          if (version !== undefined && bucket === undefined) {
            throw new DomainError("invalid", "version_without_bucket", "`version` narrows `bucket`; give both.");
          }
          const page = await listImageUses(
            deps.db,
            {
              organizationId: actor.organizationId,
              projectId: actor.projectId,
              limit: Math.min(Math.max(Number(limit ?? pageSizeDefault), 1), pageSizeMax),
              ...(bucket === undefined ? {} : { bucketName: bucket }),
              ...(version === undefined ? {} : { versionName: version }),
              ...(identifier === undefined ? {} : { identifier }),
              ...(workspace === undefined ? {} : { workspaceId: workspace }),
              ...(after === undefined ? {} : { after }),
            },
            deps.now(),
          );
          return ok({ image_uses: page.uses.map(presentImageUse), next: page.next });
        },
      },
    ],
  };
}

function presentImageUse(use: ImageUse): object {
  return {
    workspace: { id: use.workspaceId, name: use.workspaceName },
    resource: use.resource,
    attribute: use.attribute,
    external_identifier: use.externalIdentifier,
    bucket: use.bucketName,
    version: use.versionName,
    fingerprint: use.fingerprint,
    status: use.status,
    channel: use.channelName,
    descends_from: use.descendsFrom && { bucket: use.descendsFrom.bucketName, version: use.descendsFrom.versionName },
    first_seen_at: toRfc3339(use.firstSeenAt),
  };
}
