import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Millis } from "../../platform/clock.ts";
import { finalStatuses, type RunStatus } from "../runs/index.ts";
import { activeStatuses } from "./assessment.ts";
import type { AssessmentFacts } from "./schedule.ts";

/** 1 when the newest assessment that ended found something wrong, or could not tell. */
const foundWrong = sql<number | null>`(
  select case when a.status = 'failed' or a.resources_drifted > 0 or a.checks_failed > 0 or a.checks_errored > 0
    then 1 else 0 end
  from assessments as a
  where a.workspace_id = workspaces.id and a.status in ('finished', 'failed')
  order by a.queued_at desc limit 1)`;

/** Applied after the newest assessment was queued. */
const appliedSince = sql<boolean>`
  coalesce((select max(r.updated_at) from runs as r where r.workspace_id = workspaces.id and r.status = 'applied'), 0)
  > coalesce((select max(a.queued_at) from assessments as a where a.workspace_id = workspaces.id), 0)`;

function selectFacts(db: Db) {
  return db
    .selectFrom("workspaces")
    .innerJoin("organizations", "organizations.id", "workspaces.organization_id")
    .leftJoin("state_versions", "state_versions.id", "workspaces.current_state_version_id")
    .select([
      "workspaces.id",
      "workspaces.organization_id",
      "workspaces.assessments_enabled",
      "organizations.assessments_enforced",
      "workspaces.execution_mode",
      "state_versions.resource_count",
      "state_versions.engine_version as state_engine_version",
      (e) =>
        e
          .selectFrom("runs")
          .select((r) => r.fn.max("runs.updated_at").as("at"))
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .where("runs.status", "=", "applied")
          .as("last_apply_at"),
      // A run that would have changed nothing has shown that its configuration fits; one that only refreshes or looks at a
      // part has not.
      (e) =>
        e
          .selectFrom("runs")
          .select("runs.configuration_version_id")
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .where("runs.plan_only", "=", 0)
          .where("runs.refresh_only", "=", 0)
          .where("runs.is_destroy", "=", 0)
          .where("runs.target_addrs", "is", null)
          .where((r) =>
            r.or([
              r("runs.status", "=", "applied"),
              r.and([r("runs.status", "=", "planned_and_finished"), r("runs.has_changes", "=", 0)]),
            ]),
          )
          .orderBy("runs.number", "desc")
          .limit(1)
          .as("configuration_version_id"),
      (e) =>
        e
          .selectFrom("runs")
          .select((r) => r.fn.countAll().as("count"))
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .where("runs.status", "not in", [...finalStatuses, "planned_and_saved"])
          .as("active_runs"),
      (e) =>
        e
          .selectFrom("runs")
          .select("runs.status")
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .orderBy("runs.number", "desc")
          .limit(1)
          .as("latest_status"),
      (e) =>
        e
          .selectFrom("runs")
          .select("runs.plan_only")
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .orderBy("runs.number", "desc")
          .limit(1)
          .as("latest_plan_only"),
      (e) =>
        e
          .selectFrom("runs")
          .select("runs.status")
          .whereRef("runs.workspace_id", "=", "workspaces.id")
          .where("runs.plan_only", "=", 0)
          .orderBy("runs.number", "desc")
          .limit(1)
          .as("latest_applying_status"),
      (e) =>
        e
          .selectFrom("assessments")
          .select((a) => a.fn.max(a.fn.coalesce("assessments.ended_at", "assessments.queued_at")).as("at"))
          .whereRef("assessments.workspace_id", "=", "workspaces.id")
          .as("last_assessment_at"),
      (e) =>
        e
          .selectFrom("assessments")
          .select("assessments.id")
          .whereRef("assessments.workspace_id", "=", "workspaces.id")
          .where("assessments.status", "in", activeStatuses)
          .limit(1)
          .as("active_assessment_id"),
      foundWrong.as("found_wrong"),
    ]);
}

function toFacts(row: Awaited<ReturnType<ReturnType<typeof selectFacts>["executeTakeFirstOrThrow"]>>): AssessmentFacts {
  return {
    workspaceId: row.id,
    organizationId: row.organization_id,
    enabled: row.assessments_enabled === 1,
    enforced: row.assessments_enforced === 1,
    executionMode: row.execution_mode as "remote" | "local",
    resourceCount: row.resource_count,
    stateIsEncrypted: row.resource_count !== null && row.state_engine_version === null,
    lastApplyAt: row.last_apply_at === null ? null : Number(row.last_apply_at),
    configurationVersionId: row.configuration_version_id,
    hasActiveRun: Number(row.active_runs) > 0,
    latestRun:
      row.latest_status === null
        ? null
        : { status: row.latest_status as RunStatus, planOnly: row.latest_plan_only === 1 },
    latestApplyingRunStatus: row.latest_applying_status as RunStatus | null,
    lastAssessmentAt: row.last_assessment_at === null ? null : Number(row.last_assessment_at),
    wasFoundWrong: row.found_wrong === 1,
    activeAssessmentId: row.active_assessment_id,
  };
}

/** In any order; nothing for workspaces that do not exist. */
export async function listFacts(db: Db, workspaceIds: readonly string[]): Promise<AssessmentFacts[]> {
  return inChunks(workspaceIds, async (ids) =>
    (await selectFacts(db).where("workspaces.id", "in", ids).execute()).map(toFacts),
  );
}

/**
 * Of the workspaces that are assessed on the schedule: those that were neither assessed nor applied after `since`, and those
 * that were found wrong and have been applied since then.
 */
export async function listFactsOfSilent(db: Db, since: Millis): Promise<AssessmentFacts[]> {
  const rows = await selectFacts(db)
    .where("workspaces.execution_mode", "=", "remote")
    .where("workspaces.current_state_version_id", "is not", null)
    .where((e) => e.or([e("workspaces.assessments_enabled", "=", 1), e("organizations.assessments_enforced", "=", 1)]))
    .where((e) => {
      const assessed = e
        .selectFrom("assessments")
        .select("assessments.id")
        .whereRef("assessments.workspace_id", "=", "workspaces.id")
        .where("assessments.queued_at", ">", since);
      const applied = e
        .selectFrom("runs")
        .select("runs.id")
        .whereRef("runs.workspace_id", "=", "workspaces.id")
        .where("runs.status", "=", "applied")
        .where("runs.updated_at", ">", since);
      return e.or([
        e.and([e.not(e.exists(assessed)), e.not(e.exists(applied))]),
        e.and([e(foundWrong, "=", 1), appliedSince]),
      ]);
    })
    .execute();
  return rows.map(toFacts);
}
