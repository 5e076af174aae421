import type { WorkScope } from "../access/index.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { EngineName } from "@ingot/runner/protocol";
import type { Selectable } from "kysely";
import { demandsNoneBut } from "../workspaces/index.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyset } from "../../db/keyset.ts";
import type { Assessments } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import {
  activeStatuses,
  noFindings,
  type Assessment,
  type AssessmentStatus,
  type AssessmentTrigger,
  type Findings,
} from "./assessment.ts";

type AssessmentRow = Selectable<Assessments> & {
  organization_id: string;
  project_id: string;
  workspace_name: string;
};

function toAssessment(row: AssessmentRow): Assessment {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    workspaceName: row.workspace_name,
    configurationVersionId: row.configuration_version_id,
    status: row.status as AssessmentStatus,
    trigger: row.trigger_kind as AssessmentTrigger,
    requestedByName: row.requested_by_name,
    jobId: row.job_id,
    fence: row.fence,
    reported: row.reported === 1,
    runnerName: row.runner_name,
    engine:
      row.engine_name === null || row.engine_version === null
        ? null
        : { name: row.engine_name as EngineName, version: row.engine_version },
    errorMessage: row.error_message,
    counts:
      row.resources_drifted === null
        ? null
        : {
            resourcesDrifted: row.resources_drifted,
            resourcesUndrifted: row.resources_undrifted ?? 0,
            checksPassed: row.checks_passed ?? 0,
            checksFailed: row.checks_failed ?? 0,
            checksErrored: row.checks_errored ?? 0,
            checksUnknown: row.checks_unknown ?? 0,
          },
    findings: JSON.parse(row.findings) as Findings,
    planJsonKey: row.plan_json_key,
    detailKey: row.detail_key,
    logReceived: row.log_received,
    logBytes: row.log_bytes,
    logClosed: row.log_closed === 1,
    logKey: row.log_key,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

function toColumns(assessment: Assessment) {
  const { counts, engine } = assessment;
  return {
    status: assessment.status,
    job_id: assessment.jobId,
    fence: assessment.fence,
    reported: assessment.reported ? 1 : 0,
    runner_name: assessment.runnerName,
    engine_name: engine?.name ?? null,
    engine_version: engine?.version ?? null,
    error_message: assessment.errorMessage,
    resources_drifted: counts?.resourcesDrifted ?? null,
    resources_undrifted: counts?.resourcesUndrifted ?? null,
    checks_passed: counts?.checksPassed ?? null,
    checks_failed: counts?.checksFailed ?? null,
    checks_errored: counts?.checksErrored ?? null,
    checks_unknown: counts?.checksUnknown ?? null,
    findings: JSON.stringify(assessment.findings),
    plan_json_key: assessment.planJsonKey,
    detail_key: assessment.detailKey,
    log_received: assessment.logReceived,
    log_bytes: assessment.logBytes,
    log_closed: assessment.logClosed ? 1 : 0,
    log_key: assessment.logKey,
    started_at: assessment.startedAt,
    ended_at: assessment.endedAt,
  };
}

function selectAssessments(db: Db) {
  return db
    .selectFrom("assessments")
    .innerJoin("workspaces", "workspaces.id", "assessments.workspace_id")
    .selectAll("assessments")
    .select(["workspaces.organization_id", "workspaces.project_id", "workspaces.name as workspace_name"]);
}

export type NewAssessment = Pick<
  Assessment,
  "id" | "workspaceId" | "configurationVersionId" | "trigger" | "requestedByName" | "jobId" | "queuedAt"
>;

/** One that waits for a runner. */
export async function insertAssessment(tx: Tx, assessment: NewAssessment): Promise<void> {
  await tx
    .insertInto("assessments")
    .values({
      id: assessment.id,
      workspace_id: assessment.workspaceId,
      configuration_version_id: assessment.configurationVersionId,
      status: "queued",
      trigger_kind: assessment.trigger,
      requested_by_name: assessment.requestedByName,
      job_id: assessment.jobId,
      reported: 0,
      findings: JSON.stringify(noFindings),
      log_received: 0,
      log_bytes: 0,
      log_closed: 0,
      queued_at: assessment.queuedAt,
    })
    .execute();
}

/** Writes the whole row: the caller has locked it. */
export async function saveAssessment(tx: Tx, assessment: Assessment): Promise<void> {
  await tx.updateTable("assessments").set(toColumns(assessment)).where("id", "=", assessment.id).execute();
}

export async function findAssessment(db: Db, id: string): Promise<Assessment | undefined> {
  const row = await selectAssessments(db).where("assessments.id", "=", id).executeTakeFirst();
  return row && toAssessment(row);
}

export async function findAssessmentByJob(db: Db, jobId: string): Promise<Assessment | undefined> {
  const row = await selectAssessments(db).where("assessments.job_id", "=", jobId).executeTakeFirst();
  return row && toAssessment(row);
}

/** Locks the row until the transaction ends. Whoever may end it has locked its workspace before. */
export async function lockAssessment(tx: Tx, id: string): Promise<Assessment | undefined> {
  const row = await tx
    .selectFrom("assessments")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && findAssessment(tx, id);
}

/** The one that waits or runs; the caller holds the workspace's row, so there is no second. */
export async function findActiveAssessment(db: Db, workspaceId: string): Promise<Assessment | undefined> {
  const row = await selectAssessments(db)
    .where("assessments.workspace_id", "=", workspaceId)
    .where("assessments.status", "in", activeStatuses)
    .executeTakeFirst();
  return row && toAssessment(row);
}

/** Newest first. One statement. */
export async function listAssessments(db: Db, workspaceId: string, page: KeysetPage): Promise<KeysetItems<Assessment>> {
  const rows = await selectAssessments(db)
    .where("assessments.workspace_id", "=", workspaceId)
    .$call(keyset({ column: "assessments.queued_at", id: "assessments.id", descending: true }, page))
    .execute();
  return cutPage(rows.map(toAssessment), page, (assessment) => [assessment.queuedAt, assessment.id]);
}

/** The newest of each workspace that ended in one of these ways. */
export async function listNewestAssessments(
  db: Db,
  workspaceIds: readonly string[],
  statuses: readonly AssessmentStatus[],
): Promise<Assessment[]> {
  return inChunks(workspaceIds, async (ids) => {
    const rows = await selectAssessments(db)
      .where("assessments.workspace_id", "in", ids)
      .where("assessments.status", "in", statuses)
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom("assessments as newer")
              .select("newer.id")
              .whereRef("newer.workspace_id", "=", "assessments.workspace_id")
              .where("newer.status", "in", statuses)
              .where((n) =>
                n.or([
                  n("newer.queued_at", ">", n.ref("assessments.queued_at")),
                  n.and([
                    n("newer.queued_at", "=", n.ref("assessments.queued_at")),
                    n("newer.id", ">", n.ref("assessments.id")),
                  ]),
                ]),
              ),
          ),
        ),
      )
      .execute();
    return rows.map(toAssessment);
  });
}

/** Enough to choose what a runner may claim, without a lock. */
export interface QueuedAssessment {
  readonly id: string;
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly engineName: EngineName | null;
  readonly engineVersion: string | null;
}

/** What waits for a runner with these engines: what a person asked for first, then by age. At most 50. */
export async function listQueuedAssessments(
  db: Db,
  scope: WorkScope & { readonly agentPoolId: string | null },
  engineNames: readonly EngineName[],
): Promise<QueuedAssessment[]> {
  let query = db
    .selectFrom("assessments")
    .innerJoin("workspaces", "workspaces.id", "assessments.workspace_id")
    .select([
      "assessments.id",
      "workspaces.id as workspaceId",
      "workspaces.organization_id as organizationId",
      "workspaces.engine_name",
      "workspaces.engine_version as engineVersion",
    ])
    .where("assessments.status", "=", "queued")
    .where(demandsNoneBut(engineNames));
  if (scope.organizationId !== null) query = query.where("workspaces.organization_id", "=", scope.organizationId);
  query = query.where(inProjects("workspaces.project_id", scope.projects));
  query = query.where("workspaces.agent_pool_id", scope.agentPoolId === null ? "is" : "=", scope.agentPoolId);
  const rows = await query
    .orderBy("assessments.trigger_kind")
    .orderBy("assessments.queued_at")
    .orderBy("assessments.id")
    .limit(50)
    .execute();
  return rows.map(({ engine_name, ...row }) => ({ ...row, engineName: engine_name as EngineName | null }));
}

/** Those that nobody has claimed since this moment, at most 100. */
export async function listUnclaimedAssessments(db: Db, since: Millis): Promise<Assessment[]> {
  const rows = await selectAssessments(db)
    .where("assessments.status", "=", "queued")
    .where("assessments.queued_at", "<", since)
    .orderBy("assessments.queued_at")
    .limit(100)
    .execute();
  return rows.map(toAssessment);
}

/** Makes other claimers of the organization wait until the transaction ends, so that counting means something. */
export async function holdGate(tx: Tx, organizationId: string): Promise<void> {
  await tx
    .insertInto("assessment_gates")
    .values({ organization_id: organizationId })
    .onConflict((c) => c.column("organization_id").doNothing())
    .execute();
  await tx
    .selectFrom("assessment_gates")
    .select("organization_id")
    .where("organization_id", "=", organizationId)
    .$call(forUpdate(tx))
    .execute();
}

export async function countAssessments(
  db: Db,
  organizationId: string,
  statuses: readonly AssessmentStatus[],
): Promise<number> {
  const { total } = await db
    .selectFrom("assessments")
    .innerJoin("workspaces", "workspaces.id", "assessments.workspace_id")
    .select((e) => e.fn.countAll().as("total"))
    .where("assessments.status", "in", statuses)
    .where("workspaces.organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** Removes all but the newest `keep` that are over, and returns the blobs that nobody names any more. */
export async function pruneAssessments(tx: Tx, workspaceId: string, keep: number): Promise<string[]> {
  const rows = await tx
    .selectFrom("assessments")
    .select(["id", "plan_json_key", "detail_key", "log_key"])
    .where("workspace_id", "=", workspaceId)
    .where("status", "not in", activeStatuses)
    .orderBy("queued_at", "desc")
    .orderBy("id", "desc")
    // Pruned after each one: there are never many.
    .limit(50)
    .offset(keep)
    .execute();
  if (rows.length === 0) return [];
  await tx
    .deleteFrom("assessments")
    .where(
      "id",
      "in",
      rows.map((row) => row.id),
    )
    .execute();
  return rows.flatMap((row) => [row.plan_json_key, row.detail_key, row.log_key].filter((key) => key !== null));
}

export async function listAssessmentBlobs(db: Db, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("assessments")
    .select(["plan_json_key", "detail_key", "log_key"])
    .where("workspace_id", "=", workspaceId)
    .execute();
  return rows.flatMap((row) => [row.plan_json_key, row.detail_key, row.log_key].filter((key) => key !== null));
}
