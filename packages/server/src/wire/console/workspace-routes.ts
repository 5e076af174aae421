import { workspaceScope } from "../../features/access/index.ts";
import { Type, type Static } from "typebox";
import type { Health } from "../../features/assessments/index.ts";
import { listFollows } from "../../features/followers/index.ts";
import {
  attentionStatuses,
  checkWorkspaceImages,
  countImageUses,
  imageCheckKinds,
  imageUseStatuses,
  type ImageUseStatus,
} from "../../features/image-uses/index.ts";
import { runStatuses } from "../../features/runs/index.ts";
import {
  getWorkspaceOverview,
  listWorkspaceOverviews,
  type WorkspaceOverview,
} from "../../features/workspace-overviews/index.ts";
import { followSettings, updateWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339, toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { StatusCountsSchema } from "./image-use-routes.ts";
import { limitOf, Nullable, pageQuery, Time } from "./list-query.ts";

export interface WorkspaceRoutesDeps extends Pick<ConsoleDeps, "db" | "now"> {
  /** What is known of the health of each of these workspaces, in a bounded number of statements. */
  readonly readHealth: (workspaces: readonly WorkspaceOverview[]) => Promise<ReadonlyMap<string, WorkspaceHealth>>;
  /** Workspaces without open alerts may be missing. */
  readonly countOpenAlerts: (workspaceIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

export interface WorkspaceHealth {
  readonly health: Health;
  readonly lastAssessmentAt: Millis | null;
  readonly nextAssessmentAt: Millis | null;
}

const FollowSchema = Type.Enum([...followSettings], {
  description: "when a channel moves that it reads: nothing, say so, plan and wait for a person, or apply",
});

const summaryFields = {
  id: Type.String(),
  name: Type.String(),
  project: Type.Object({ id: Type.String(), name: Type.String() }),
  resource_count: Type.Integer(),
  locked: Type.Boolean(),
  current_run: Nullable(
    Type.Object({
      id: Type.String(),
      status: Type.Enum(runStatuses),
      message: Type.String(),
      created_at: Time,
    }),
  ),
  images: StatusCountsSchema,
  health: Type.Enum(["healthy", "drifted", "checks-failed", "unknown", "off"]),
  last_assessment_at: Nullable(Time),
  next_assessment_at: Nullable(Time),
  follow: FollowSchema,
  open_alerts: Type.Integer(),
};

export const WorkspaceSummarySchema = Type.Object(summaryFields);
export type WorkspaceSummary = Static<typeof WorkspaceSummarySchema>;

export const WorkspaceListSchema = Type.Object({
  workspaces: Type.Array(WorkspaceSummarySchema),
  next: Nullable(Type.String()),
});

const DaysSchema = Nullable(Type.Integer({ minimum: 1, maximum: 36_500 }));

export const WorkspaceSettingsSchema = Type.Object({
  follow: FollowSchema,
  assessments_enabled: Type.Boolean(),
  assessments_enforced: Type.Boolean({ description: "by the organization, whatever the workspace says" }),
  image_age_days_max: DaysSchema,
  image_behind_days_max: DaysSchema,
  auto_apply: Type.Boolean(),
  execution_mode: Type.Enum(["remote", "local", "agent"]),
});

export const ImageCheckSchema = Type.Object({
  kind: Type.Enum([...imageCheckKinds]),
  status: Type.Enum(["pass", "fail", "unknown", "off"]),
  message: Type.String(),
  uses: Type.Array(
    Type.Object({
      resource: Type.String(),
      bucket: Nullable(Type.String()),
      version: Nullable(Type.String()),
    }),
    { description: "those concerned, at most 50" },
  ),
  uses_total: Type.Integer(),
});

export const WorkspaceDetailSchema = Type.Object({
  ...summaryFields,
  settings: WorkspaceSettingsSchema,
  follows: Type.Array(
    Type.Object({
      bucket: Type.String(),
      channel: Type.String(),
      version_read: Nullable(Type.String({ description: "what its last run was answered" })),
      version_now: Nullable(Type.String()),
      last_read_at: Time,
    }),
  ),
  image_checks: Type.Array(ImageCheckSchema),
});
export type WorkspaceDetail = Static<typeof WorkspaceDetailSchema>;

const statusPattern = `(${[...imageUseStatuses, "attention"].join("|")})`;

const WorkspacesQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 90, description: "a part of the name" })),
    status: Type.Optional(
      Type.String({
        pattern: `^${statusPattern}(,${statusPattern})*$`,
        description:
          "only workspaces with an image use of this status; attention: behind, scheduled, revoked or unknown",
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

export const WorkspaceSettingsChangeSchema = Type.Object(
  {
    follow: Type.Optional(FollowSchema),
    assessments_enabled: Type.Optional(Type.Boolean()),
    image_age_days_max: Type.Optional(DaysSchema),
    image_behind_days_max: Type.Optional(DaysSchema),
  },
  { additionalProperties: false },
);
export type WorkspaceSettingsChange = Static<typeof WorkspaceSettingsChangeSchema>;

/** Workspaces for people: their images, their health, what they follow, and the settings that the loop obeys. */
export function workspaceRoutes(deps: WorkspaceRoutesDeps): Route[] {
  const summarize = async (workspaces: readonly WorkspaceOverview[]): Promise<WorkspaceSummary[]> => {
    const ids = workspaces.map((workspace) => workspace.id);
    const images = await countImageUses(deps.db, ids, deps.now());
    const health = await deps.readHealth(workspaces);
    const alerts = await deps.countOpenAlerts(ids);
    return workspaces.map((workspace) => presentSummary(workspace, images, health, alerts));
  };
  const readDetail = async (workspace: WorkspaceOverview): Promise<WorkspaceDetail> => {
    const [summary] = await summarize([workspace]);
    const checks = (await checkWorkspaceImages(deps.db, workspace.id, deps.now())) ?? [];
    const follows = await listFollows(deps.db, workspace.id);
    return {
      ...(summary as WorkspaceSummary),
      settings: presentSettings(workspace),
      follows: follows.map((follow) => ({
        bucket: follow.bucketName,
        channel: follow.channelName,
        version_read: follow.versionRead,
        version_now: follow.versionNow,
        last_read_at: toRfc3339(follow.lastReadAt),
      })),
      image_checks: checks.map(({ usesTotal, uses, ...check }) => ({
        ...check,
        uses: [...uses],
        uses_total: usesTotal,
      })),
    };
  };
  return [
    {
      method: "GET",
      path: "/workspaces",
      needs: "workspace:read",
      audit: "workspace.list",
      doc: { summary: "Workspaces by name, with their images and their health", reply: WorkspaceListSchema },
      query: WorkspacesQuery,
      handle: async ({ actor, query }) => {
        const { q, status, after, limit } = query as Static<typeof WorkspacesQuery>;
        const { items, next } = await listWorkspaceOverviews(
          deps.db,
          {
            organizationId: actor.organizationId,
            ...workspaceScope(actor),
            ...(q === undefined || q === "" ? {} : { nameContains: q }),
            ...(status === undefined ? {} : { imageStatuses: statusesOf(status) }),
          },
          pageOf(limitOf(limit), after),
          deps.now(),
        );
        return ok({ workspaces: await summarize(items), next: encodeCursor(next) });
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id",
      needs: "workspace:read",
      audit: "workspace.read",
      doc: { summary: "One workspace", reply: WorkspaceDetailSchema },
      handle: async ({ actor, params }) =>
        ok(await readDetail(await getWorkspaceOverview(deps.db, actor, params["workspace_id"] ?? "", deps.now()))),
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id/settings",
      needs: "workspace:write",
      audit: "workspace.update-settings",
      doc: { summary: "Change what is given and keep the rest", reply: WorkspaceDetailSchema },
      body: WorkspaceSettingsChangeSchema,
      handle: async ({ actor, params, body }) => {
        const change = body as WorkspaceSettingsChange;
        const { id } = await updateWorkspace(deps, actor, params["workspace_id"] ?? "", {
          ...(change.follow === undefined ? {} : { follow: change.follow }),
          ...(change.assessments_enabled === undefined ? {} : { assessmentsEnabled: change.assessments_enabled }),
          ...(change.image_age_days_max === undefined ? {} : { imageAgeDaysMax: change.image_age_days_max }),
          ...(change.image_behind_days_max === undefined ? {} : { imageBehindDaysMax: change.image_behind_days_max }),
        });
        return ok(await readDetail(await getWorkspaceOverview(deps.db, actor, id, deps.now())));
      },
    },
  ];
}

function statusesOf(text: string): ImageUseStatus[] {
  return text.split(",").flatMap((status) => (status === "attention" ? attentionStatuses : [status as ImageUseStatus]));
}

function presentSummary(
  workspace: WorkspaceOverview,
  images: ReadonlyMap<string, Readonly<Record<ImageUseStatus, number>>>,
  health: ReadonlyMap<string, WorkspaceHealth>,
  alerts: ReadonlyMap<string, number>,
): WorkspaceSummary {
  const known = health.get(workspace.id);
  const { currentRun } = workspace;
  return {
    id: workspace.id,
    name: workspace.name,
    project: workspace.project,
    resource_count: workspace.resourceCount,
    locked: workspace.locked,
    current_run: currentRun && {
      id: currentRun.id,
      status: currentRun.status,
      message: currentRun.message,
      created_at: toRfc3339(currentRun.createdAt),
    },
    images: images.get(workspace.id) ?? { current: 0, behind: 0, scheduled: 0, revoked: 0, unknown: 0, untracked: 0 },
    health: known?.health ?? (workspace.assessmentsEnabled || workspace.assessmentsEnforced ? "unknown" : "off"),
    last_assessment_at: toRfc3339OrNull(known?.lastAssessmentAt ?? null),
    next_assessment_at: toRfc3339OrNull(known?.nextAssessmentAt ?? null),
    follow: workspace.follow,
    open_alerts: alerts.get(workspace.id) ?? 0,
  };
}

function presentSettings(workspace: WorkspaceOverview): Static<typeof WorkspaceSettingsSchema> {
  return {
    follow: workspace.follow,
    assessments_enabled: workspace.assessmentsEnabled,
    assessments_enforced: workspace.assessmentsEnforced,
    image_age_days_max: workspace.imageAgeDaysMax,
    image_behind_days_max: workspace.imageBehindDaysMax,
    auto_apply: workspace.autoApply,
    execution_mode: workspace.executionMode,
  };
}
