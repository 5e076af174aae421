import { Type, type Static } from "typebox";
import { projectScope, type Actor } from "../../features/access/index.ts";
import {
  countUsesByImage,
  imageUseStatuses,
  listImageUses,
  summarizeImageUses,
  type ImageUse,
  type ImageUseFilter,
  type ImageUseStatus,
} from "../../features/image-uses/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";

export const ImageUseStatusSchema = Type.Enum([...imageUseStatuses]);

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
  channel_version: Nullable(Type.String({ description: "what that channel points at now" })),
  version_created_at: Nullable(Time),
  revoke_at: Nullable(Time),
  revocation_message: Nullable(Type.String()),
  behind_since: Nullable(Time),
  descends_from: Nullable(Type.Object({ bucket: Type.String(), version: Type.String() })),
  first_seen_at: Time,
});
export type ImageUseView = Static<typeof ImageUseSchema>;

export const ImageUseListSchema = Type.Object({
  image_uses: Type.Array(ImageUseSchema),
  next: Nullable(Type.String()),
});

export const StatusCountsSchema = Type.Object({
  current: Type.Integer(),
  behind: Type.Integer(),
  scheduled: Type.Integer(),
  revoked: Type.Integer(),
  unknown: Type.Integer(),
  untracked: Type.Integer(),
});

export const ImageUseSummarySchema = Type.Object({
  statuses: StatusCountsSchema,
  workspaces_affected: Type.Integer({
    description: "workspaces with a use that is behind, scheduled, revoked or unknown",
  }),
});
export type ImageUseSummaryView = Static<typeof ImageUseSummarySchema>;

const ImageUseCountSchema = Type.Object({
  bucket: Type.String(),
  version: Nullable(Type.String({ description: "null: all versions of the image" })),
  statuses: StatusCountsSchema,
  workspaces: Type.Integer(),
});
export type ImageUseCountView = Static<typeof ImageUseCountSchema>;

export const ImageUseCountListSchema = Type.Object({ counts: Type.Array(ImageUseCountSchema) });

const statusPattern = `(${imageUseStatuses.join("|")})`;

const filterQuery = {
  bucket: Type.Optional(Type.String({ maxLength: 255, description: "uses of this image and what descends from it" })),
  version: Type.Optional(Type.String({ pattern: "^v[0-9]{1,9}$", description: "narrows `bucket`" })),
  identifier: Type.Optional(Type.String({ maxLength: 1024 })),
  workspace: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(
    Type.String({
      pattern: `^${statusPattern}(,${statusPattern})*$`,
      description: "one status, or several with commas",
    }),
  ),
};
const ImageUsesQuery = Type.Object({ ...filterQuery, ...pageQuery }, { additionalProperties: false });
const SummaryQuery = Type.Object(filterQuery, { additionalProperties: false });
const CountsQuery = Type.Object(
  { bucket: Type.Optional(Type.String({ maxLength: 255, description: "counts each version of this image" })) },
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
        const { after, limit, ...filter } = query as Static<typeof ImageUsesQuery>;
        const page = await listImageUses(
          deps.db,
          { ...filterOf(actor, filter), limit: limitOf(limit), ...(after === undefined ? {} : { after }) },
          deps.now(),
        );
        return ok({ image_uses: page.uses.map(presentImageUse), next: page.next });
      },
    },
    {
      method: "GET",
      path: "/image-uses/summary",
      needs: "image-use:read",
      audit: "image-use.summarize",
      doc: { summary: "How many image uses have each status", reply: ImageUseSummarySchema },
      query: SummaryQuery,
      handle: async ({ actor, query }) => {
        const filter = filterOf(actor, query);
        const { statuses, workspacesAffected } = await summarizeImageUses(deps.db, filter, deps.now());
        return ok({ statuses, workspaces_affected: workspacesAffected } satisfies ImageUseSummaryView);
      },
    },
    {
      method: "GET",
      path: "/image-uses/counts",
      needs: "image-use:read",
      audit: "image-use.count",
      doc: {
        summary: "How many uses each image has, or each version of one",
        description: "What is used itself; uses of what descends from it are counted where they belong.",
        reply: ImageUseCountListSchema,
      },
      query: CountsQuery,
      handle: async ({ actor, query }) => {
        const { bucket } = query as Static<typeof CountsQuery>;
        const place = { organizationId: actor.organizationId, projects: projectScope(actor) };
        const counts = await countUsesByImage(deps.db, { ...place, bucketName: bucket }, deps.now());
        return ok({
          counts: counts.map(({ bucketName, versionName, statuses, workspaces }): ImageUseCountView => ({
            bucket: bucketName,
            version: versionName,
            statuses,
            workspaces,
          })),
        });
      },
    },
  ];
}

/** Errors: invalid/version_without_bucket. */
function filterOf(actor: Actor, query: Static<typeof SummaryQuery>): ImageUseFilter {
  const { bucket, version, identifier, workspace, status } = query;
  if (version !== undefined && bucket === undefined) {
    throw new DomainError("invalid", "version_without_bucket", "`version` narrows `bucket`; give both.");
  }
  return {
    organizationId: actor.organizationId,
    projects: projectScope(actor),
    ...(bucket === undefined ? {} : { bucketName: bucket }),
    ...(version === undefined ? {} : { versionName: version }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(workspace === undefined ? {} : { workspaceId: workspace }),
    ...(status === undefined ? {} : { statuses: status.split(",") as ImageUseStatus[] }),
  };
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
    channel_version: use.channelVersionName,
    version_created_at: toRfc3339OrNull(use.versionCreatedAt),
    revoke_at: toRfc3339OrNull(use.revokeAt),
    revocation_message: use.revocationMessage,
    behind_since: toRfc3339OrNull(use.behindSince),
    descends_from: use.descendsFrom && { bucket: use.descendsFrom.bucketName, version: use.descendsFrom.versionName },
    first_seen_at: toRfc3339(use.firstSeenAt),
  };
}
