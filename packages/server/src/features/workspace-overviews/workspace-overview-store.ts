import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { keyset } from "../../db/keyset.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { workspacesUsing, type ImageUseStatus } from "../image-uses/index.ts";
import type { RunStatus } from "../runs/index.ts";
import type { ExecutionMode, FollowSetting } from "../workspaces/index.ts";
import type { WorkspaceOverview } from "./workspace-overview.ts";

export interface OverviewFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  /** With these of other projects. */
  readonly workspaces?: readonly string[];
  readonly id?: string;
  readonly nameContains?: string;
  /** Only workspaces that have an image use with one of these statuses. */
  readonly imageStatuses?: readonly ImageUseStatus[];
}

function selectOverviews(db: Db) {
  return db
    .selectFrom("workspaces as w")
    .innerJoin("organizations as o", "o.id", "w.organization_id")
    .innerJoin("projects as p", "p.id", "w.project_id")
    .leftJoin("state_versions as s", "s.id", "w.current_state_version_id")
    .leftJoin("runs as r", "r.id", "w.current_run_id")
    .select([
      "w.id",
      "w.organization_id",
      "w.name",
      "p.id as project_id",
      "p.name as project_name",
      "s.resource_count",
      "w.locked_by_kind",
      "r.id as run_id",
      "r.status as run_status",
      "r.message as run_message",
      "r.created_at as run_created_at",
      "w.follow",
      "w.assessments_enabled",
      "o.assessments_enforced",
      "w.image_age_days_max",
      "w.image_behind_days_max",
      "w.auto_apply",
      "w.execution_mode",
    ]);
}

type OverviewRow = Awaited<ReturnType<ReturnType<typeof selectOverviews>["execute"]>>[number];

function toOverview(row: OverviewRow): WorkspaceOverview {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    project: { id: row.project_id, name: row.project_name },
    resourceCount: row.resource_count ?? 0,
    locked: row.locked_by_kind !== null,
    currentRun:
      row.run_id === null
        ? null
        : {
            id: row.run_id,
            status: row.run_status as RunStatus,
            message: row.run_message ?? "",
            createdAt: row.run_created_at ?? 0,
          },
    follow: row.follow as FollowSetting,
    assessmentsEnabled: row.assessments_enabled === 1,
    assessmentsEnforced: row.assessments_enforced === 1,
    imageAgeDaysMax: row.image_age_days_max,
    imageBehindDaysMax: row.image_behind_days_max,
    autoApply: row.auto_apply === 1,
    executionMode: row.execution_mode as ExecutionMode,
  };
}

/** By name. One statement, which joins what the overview shows: a list asks for all of it. */
export async function listWorkspaceOverviews(
  db: Db,
  filter: OverviewFilter,
  page: KeysetPage,
  now: Millis,
): Promise<KeysetItems<WorkspaceOverview>> {
  let query = selectOverviews(db).where("w.organization_id", "=", filter.organizationId);
  query = query.where(inProjectsOrWorkspaces({ project: "w.project_id", workspace: "w.id" }, filter));
  if (filter.id !== undefined) query = query.where("w.id", "=", filter.id);
  if (filter.nameContains !== undefined) {
    query = query.where(containsText("w.name", filter.nameContains));
  }
  if (filter.imageStatuses !== undefined) {
    if (filter.imageStatuses.length === 0) return { items: [], previous: null, next: null };
    query = query.where("w.id", "in", workspacesUsing(db, filter.imageStatuses, now));
  }
  const rows = await query.$call(keyset({ column: "w.name", id: "w.id", descending: false }, page)).execute();
  return cutPage(rows.map(toOverview), page, (workspace) => [workspace.name, workspace.id]);
}
