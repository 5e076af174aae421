import { Type, type Static } from "typebox";
import { projectScope, type Actor } from "../../features/access/index.ts";
import { listImageUses, listUsingWorkspaces, summarizeImageUses } from "../../features/image-uses/index.ts";
import { previewRevocation } from "../../features/revocation/index.ts";
import type { Run } from "../../features/runs/index.ts";
import { versionName, type Version } from "../../features/versions/index.ts";
import { followSettings, listWorkspaceNames } from "../../features/workspaces/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import { projectIdOf, projectQuery } from "./asked-project.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { ImageUseSchema, presentImageUse } from "./image-use-routes.ts";
import { Nullable, WorkspaceRef } from "./list-query.ts";
import { RunStatusSchema } from "./run-routes.ts";

export interface RevocationRoutesDeps extends Pick<ConsoleDeps, "db" | "now"> {
  /** The runs that the actor may see which have a plan that would newly use one of these versions, and wait to be applied. */
  readonly findRunsWaitingToUse: (actor: Actor, versionIds: readonly string[]) => Promise<readonly Run[]>;
}

const VersionSchema = Type.Object({ bucket: Type.String(), version: Type.String(), fingerprint: Type.String() });

export const RevocationPreviewSchema = Type.Object({
  version: VersionSchema,
  versions: Type.Array(
    Type.Object({
      bucket: Type.String(),
      version: Type.String(),
      fingerprint: Type.String(),
      depth: Type.Integer({ description: "0: the version itself" }),
      already_revoked: Type.Boolean(),
    }),
    { description: "everything that would be revoked" },
  ),
  channels: Type.Array(
    Type.Object({
      bucket: Type.String(),
      channel: Type.String(),
      from: Type.String(),
      to: Nullable(Type.String({ description: "the newest good version of its history" })),
    }),
    { description: "channels that would move; `to` null: there is no good version to go back to, and it stays" },
  ),
  uses: Type.Array(ImageUseSchema, { description: "the first hundred" }),
  uses_total: Type.Integer(),
  workspaces: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      uses: Type.Integer(),
      follow: Type.Enum([...followSettings]),
    }),
    { description: "at most 500" },
  ),
  waiting_runs: Type.Array(Type.Object({ id: Type.String(), workspace: WorkspaceRef, status: RunStatusSchema }), {
    description: "runs that would be stopped, since their plan would use one of the versions",
  }),
});
export type RevocationPreviewView = Static<typeof RevocationPreviewSchema>;

const PreviewQuery = Type.Object(
  {
    bucket: Type.String({ maxLength: 255 }),
    fingerprint: Type.String({ maxLength: 255 }),
    ...projectQuery,
    descendants: Type.Optional(
      Type.Enum(["true", "false"], { description: "whether they inherit it; true when left out" }),
    ),
  },
  { additionalProperties: false },
);

const usesShown = 100;
const workspacesShown = 500;

/** What a revocation would hit, before somebody orders it. */
export function revocationRoutes(deps: RevocationRoutesDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/revocation-preview",
      needs: "registry:read",
      audit: "revocation.preview",
      doc: { summary: "What revoking a version now would hit; changes nothing", reply: RevocationPreviewSchema },
      query: PreviewQuery,
      handle: async ({ actor, query }) => {
        const { bucket, fingerprint, project, descendants } = query as Static<typeof PreviewQuery>;
        const now = deps.now();
        const preview = await previewRevocation(
          deps.db,
          actor,
          {
            organizationId: actor.organizationId,
            projectId: await projectIdOf(deps, actor, project),
            name: bucket,
            fingerprint,
          },
          { descendants: descendants !== "false" },
          now,
        );
        const versionIds = preview.versions.map((one) => one.version.id);
        const projects = projectScope(actor, "image-use:read");
        const filter = { organizationId: actor.organizationId, projects, versionIds };
        const { uses } = await listImageUses(deps.db, { ...filter, limit: usesShown }, now);
        const { statuses } = await summarizeImageUses(deps.db, filter, now);
        const workspaces = await listUsingWorkspaces(deps.db, { ...filter, limit: workspacesShown }, now);
        const runs = await deps.findRunsWaitingToUse(actor, versionIds);
        const names = await listWorkspaceNames(deps.db, [...new Set(runs.map((run) => run.workspaceId))]);
        return ok({
          version: presentVersion(preview.version),
          versions: preview.versions.map((one) => ({
            ...presentVersion(one.version),
            depth: one.depth,
            already_revoked: one.alreadyRevoked,
          })),
          channels: preview.channels.map((channel) => ({
            bucket: channel.bucketName,
            channel: channel.channelName,
            from: channel.from,
            to: channel.to,
          })),
          uses: uses.map(presentImageUse),
          uses_total: Object.values(statuses).reduce((sum, count) => sum + count, 0),
          workspaces,
          waiting_runs: runs.map((run) => ({
            id: run.id,
            workspace: { id: run.workspaceId, name: names.get(run.workspaceId) ?? "" },
            status: run.status,
          })),
        } satisfies RevocationPreviewView);
      },
    },
  ];
}

function presentVersion(version: Version): Static<typeof VersionSchema> {
  return { bucket: version.bucketName, version: versionName(version.number), fingerprint: version.fingerprint };
}
