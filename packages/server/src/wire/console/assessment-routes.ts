import { Type, type Static } from "typebox";
import {
  findAssessment,
  findLatestAssessment,
  getAssessment,
  hasDrifted,
  hasSucceeded,
  listAssessments,
  readAssessmentDetail,
  readAssessmentLog,
  readOutlooks,
  startAssessment,
  type Assessment,
  type AssessmentDeps,
  type AssessmentDetail,
} from "../../features/assessments/index.ts";
import { findWorkspace, visibleWorkspace, type Workspace } from "../../features/workspaces/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";
import {
  checkFields,
  presentCheck,
  presentResourceChange,
  resourceChangeFields,
  ResourceChangeSchema,
} from "./present-plan-changes.ts";

const assessmentFields = {
  id: Type.String(),
  workspace: WorkspaceRef,
  status: Type.Enum(["queued", "running", "finished", "failed", "canceled"], {
    description: "finished: it has a result; failed: nothing is known; canceled: a run went first",
  }),
  trigger: Type.Enum(["schedule", "demand"]),
  requested_by: Nullable(Type.String()),
  queued_at: Time,
  started_at: Nullable(Time),
  finished_at: Nullable(Time),
  succeeded: Nullable(Type.Boolean()),
  drifted: Nullable(Type.Boolean({ description: "null: not known" })),
  error_message: Nullable(Type.String()),
  resources_drifted: Nullable(Type.Integer()),
  resources_undrifted: Nullable(Type.Integer()),
  checks_passed: Nullable(Type.Integer()),
  checks_failed: Nullable(Type.Integer()),
  checks_errored: Nullable(Type.Integer()),
  checks_unknown: Nullable(Type.Integer()),
};

export const AssessmentSchema = Type.Object(assessmentFields);
export type AssessmentView = Static<typeof AssessmentSchema>;

export const AssessmentListSchema = Type.Object({
  assessments: Type.Array(AssessmentSchema),
  next: Nullable(Type.String()),
});

export const AssessmentDetailSchema = Type.Object({
  ...assessmentFields,
  runner: Nullable(Type.String()),
  engine: Nullable(Type.Object({ name: Type.String(), version: Type.String() })),
  drift: Type.Array(Type.Object({ ...resourceChangeFields, since: Time }), {
    description: "changed outside, and a run would change it back; since: the first assessment that found it",
  }),
  pending: Type.Array(ResourceChangeSchema, { description: "a run would change it, though nothing drifted" }),
  checks: Type.Array(Type.Object({ ...checkFields, since: Nullable(Time) }), {
    description: "since: the first assessment that found it failing",
  }),
});
export type AssessmentDetailView = Static<typeof AssessmentDetailSchema>;

export const WorkspaceHealthSchema = Type.Object({
  enabled: Type.Boolean({ description: "by the workspace's own setting" }),
  enforced: Type.Boolean({ description: "by the organization" }),
  assessable: Type.Boolean({ description: "whether one can be asked for now" }),
  reason: Nullable(Type.String({ description: "why not, or why the schedule leaves it out" })),
  next_assessment_at: Nullable(Time),
  running: Nullable(AssessmentSchema),
  latest: Nullable(AssessmentDetailSchema),
});
export type WorkspaceHealthView = Static<typeof WorkspaceHealthSchema>;

const ListQuery = Type.Object(pageQuery, { additionalProperties: false });

/** Assessments of a workspace: drift and checks, their history, and when the next is due. */
export function assessmentRoutes(deps: AssessmentDeps): Route[] {
  const workspaceOf = async ({ actor, params }: Call): Promise<Workspace> =>
    visibleWorkspace(actor, await findWorkspace(deps.db, params["workspace_id"] ?? ""));
  const assessmentOf = ({ actor, params }: Call): Promise<Assessment> =>
    getAssessment(deps.db, actor, params["assessment_id"] ?? "");
  return [
    {
      method: "POST",
      path: "/workspaces/:workspace_id/assessments",
      needs: "assessment:run",
      audit: "assessment.start",
      doc: {
        summary: "Assess a workspace now",
        description: "409 while a run or an assessment of the workspace is active, and before its first apply.",
        reply: AssessmentSchema,
        status: 202,
      },
      handle: async ({ actor, params }) => {
        const assessment = await startAssessment(deps, actor, params["workspace_id"] ?? "");
        return { status: 202, body: presentAssessment(assessment) };
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/assessments",
      needs: "assessment:read",
      audit: "assessment.list",
      doc: { summary: "The assessments of a workspace, newest first", reply: AssessmentListSchema },
      query: ListQuery,
      handle: async (call) => {
        const { id } = await workspaceOf(call);
        const { after, limit } = call.query as Static<typeof ListQuery>;
        const { items, next } = await listAssessments(deps.db, id, pageOf(limitOf(limit), after));
        return ok({ assessments: items.map(presentAssessment), next: encodeCursor(next) });
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/health",
      needs: "assessment:read",
      audit: "workspace.health",
      doc: { summary: "What is known of a workspace, and when it is assessed next", reply: WorkspaceHealthSchema },
      handle: async (call) => {
        const { id } = await workspaceOf(call);
        const outlook = (await readOutlooks(deps, [id])).get(id);
        const active = outlook?.activeAssessmentId ?? null;
        const running = active === null ? undefined : await findAssessment(deps.db, active);
        const latest = await findLatestAssessment(deps.db, id);
        return ok({
          enabled: outlook?.enabled ?? false,
          enforced: outlook?.enforced ?? false,
          assessable: outlook?.assessable ?? false,
          reason: outlook?.reason ?? null,
          next_assessment_at: toRfc3339OrNull(outlook?.nextAssessmentAt ?? null),
          running: running === undefined ? null : presentAssessment(running),
          latest: latest === undefined ? null : presentDetail(latest, await readAssessmentDetail(deps, latest)),
        } satisfies WorkspaceHealthView);
      },
    },
    {
      method: "GET",
      path: "/assessments/:assessment_id",
      needs: "assessment:read",
      audit: "assessment.read",
      doc: { summary: "One assessment with everything it found", reply: AssessmentDetailSchema },
      handle: async (call) => {
        const assessment = await assessmentOf(call);
        return ok(presentDetail(assessment, await readAssessmentDetail(deps, assessment)));
      },
    },
    {
      method: "GET",
      path: "/assessments/:assessment_id/log",
      needs: "assessment:read",
      audit: "assessment.log",
      doc: { summary: "What the engine printed", reply: Type.String(), contentType: "text/plain" },
      handle: async (call) => {
        const log = await readAssessmentLog(deps, await assessmentOf(call));
        return { status: 200, body: log, contentType: "text/plain; charset=utf-8" };
      },
    },
  ];
}

function presentAssessment(assessment: Assessment): AssessmentView {
  const { counts } = assessment;
  return {
    id: assessment.id,
    workspace: { id: assessment.workspaceId, name: assessment.workspaceName },
    status: assessment.status,
    trigger: assessment.trigger,
    requested_by: assessment.requestedByName,
    queued_at: toRfc3339(assessment.queuedAt),
    started_at: toRfc3339OrNull(assessment.startedAt),
    finished_at: toRfc3339OrNull(assessment.endedAt),
    succeeded: hasSucceeded(assessment),
    drifted: hasDrifted(assessment),
    error_message: assessment.errorMessage,
    resources_drifted: counts?.resourcesDrifted ?? null,
    resources_undrifted: counts?.resourcesUndrifted ?? null,
    checks_passed: counts?.checksPassed ?? null,
    checks_failed: counts?.checksFailed ?? null,
    checks_errored: counts?.checksErrored ?? null,
    checks_unknown: counts?.checksUnknown ?? null,
  };
}

function presentDetail(assessment: Assessment, detail: AssessmentDetail | undefined): AssessmentDetailView {
  const { findings } = assessment;
  const ended = assessment.endedAt ?? assessment.queuedAt;
  const driftedSince = new Map(findings.drift.map(({ address, since }) => [address, since]));
  const failingSince = new Map(findings.checks.map(({ address, since }) => [address, since]));
  return {
    ...presentAssessment(assessment),
    runner: assessment.runnerName,
    engine: assessment.engine,
    drift: (detail?.drift ?? []).map((change) => ({
      ...presentResourceChange(change),
      since: toRfc3339(driftedSince.get(change.address) ?? ended),
    })),
    pending: (detail?.pending ?? []).map(presentResourceChange),
    checks: (detail?.checks ?? []).map((check) => ({
      ...presentCheck(check),
      since: toRfc3339OrNull(failingSince.get(check.address) ?? null),
    })),
  };
}
