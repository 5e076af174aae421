import { Type, type Static } from "typebox";
import { listImageUses, type ImageUse } from "../../features/image-uses/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";

export const ImageUseStatusSchema = Type.Union([
  Type.Literal("current"),
  Type.Literal("behind"),
  Type.Literal("scheduled"),
  Type.Literal("revoked"),
  Type.Literal("unknown"),
  Type.Literal("untracked"),
]);

export const ImageUseSchema = Type.Object({
  workspace: WorkspaceRef,
  resource: Type.String({ description: "address in the state" }),
  attribute: Type.String(),
  external_identifier: Type.String(),
  bucket: Nullable(Type.String()),
  version: Nullable(Type.String()),
  fingerprint: Nullable(Type.String()),
  status: ImageUseStatusSchema,
  channel: Nullable(Type.String({ description: "the channel that the status compares with" })),
  descends_from: Nullable(Type.Object({ bucket: Type.String(), version: Type.String() })),
  first_seen_at: Time,
});
export type ImageUseView = Static<typeof ImageUseSchema>;

export const ImageUseListSchema = Type.Object({
  image_uses: Type.Array(ImageUseSchema),
  next: Nullable(Type.String()),
});

const ImageUsesQuery = Type.Object(
  {
    bucket: Type.Optional(Type.String({ maxLength: 255 })),
    version: Type.Optional(Type.String({ pattern: "^v[0-9]{1,9}$" })),
    identifier: Type.Optional(Type.String({ maxLength: 1024 })),
    workspace: Type.Optional(Type.String({ maxLength: 64 })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

/** Which resource in which workspace uses which image. */
export function imageUseRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/image-uses",
      needs: "image-use:read",
      audit: "image-use.list",
      doc: { summary: "Which resource in which workspace uses which image", reply: ImageUseListSchema },
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
            limit: limitOf(limit),
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
  ];
}

export function presentImageUse(use: ImageUse): ImageUseView {
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
