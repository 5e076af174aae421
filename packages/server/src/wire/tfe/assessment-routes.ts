import {
  countFailingChecks,
  findLatestAssessment,
  getAssessment,
  hasDrifted,
  hasSucceeded,
  readAssessmentLog,
  readAssessmentPlanJson,
  startAssessment,
  type Assessment,
} from "../../features/assessments/index.ts";
import { findWorkspace, visibleWorkspace, type Workspace } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { document, param, toOne, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

/** Health assessments, as the published API has them. One that is not over, or gave way to a run, is no result. */
export function assessmentRoutes(deps: TfeDeps): Route[] {
  const workspaceOf = async (call: Call): Promise<Workspace> =>
    visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
  const resultOf = async (call: Call): Promise<Assessment> => {
    const assessment = await getAssessment(deps.db, call.actor, param(call, "id")).catch((error: unknown) => {
      throw error instanceof DomainError && error.kind === "not_found" ? resultNotFound() : error;
    });
    if (hasSucceeded(assessment) === null) throw resultNotFound();
    return assessment;
  };
  const part = (name: string, needs: Route["needs"], handle: (assessment: Assessment) => Promise<Reply>): Route => ({
    method: "GET",
    path: `/assessment-results/:id/${name}`,
    needs,
    audit: `assessment-result.read-${name}`,
    handle: async (call) => handle(await resultOf(call)),
  });
  return [
    {
      method: "GET",
      path: "/workspaces/:workspace_id/current-assessment-result",
      needs: "assessment:read",
      audit: "assessment-result.read-current",
      handle: async (call) => {
        const latest = await findLatestAssessment(deps.db, (await workspaceOf(call)).id);
        if (latest === undefined) throw resultNotFound();
        return document(presentAssessmentResult(latest));
      },
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/assess",
      needs: "assessment:run",
      audit: "assessment.start",
      handle: async (call) => {
        await startAssessment(deps.assessments, call.actor, param(call, "workspace_id"));
        const [resource] = await loadWorkspaces(deps.db, [await workspaceOf(call)], call.actor);
        return document(resource as Resource);
      },
    },
    {
      method: "GET",
      path: "/assessment-results/:id",
      needs: "assessment:read",
      audit: "assessment-result.read",
      handle: async (call) => document(presentAssessmentResult(await resultOf(call))),
    },
    // The plan in full, secrets too, and what its providers print. Source: HCP Terraform API, assessment results.
    part("json-output", "run:read-plan-json", async (assessment) => {
      const json = await readAssessmentPlanJson(deps.assessments, assessment);
      if (json === undefined) throw notAvailable("The assessment failed before there was a plan.");
      return { status: 200, body: json, contentType: "application/json" };
    }),
    part("json-schema", "run:read-plan-json", async () => {
      throw notAvailable("This server keeps no schemas of providers. `providers schema -json` prints them.");
    }),
    part("log-output", "run:read-plan-json", async (assessment) => ({
      status: 200,
      body: await readAssessmentLog(deps.assessments, assessment),
      contentType: "text/plain; charset=utf-8",
    })),
  ];
}

/**
 * A result. Whether anything drifted has no third value on this wire: after a failure it is false, and `succeeded` and the
 * counts say that nothing is known. The message has a second name in older documents.
 */
export function presentAssessmentResult(assessment: Assessment): Resource {
  const { counts } = assessment;
  const self = `/api/v2/assessment-results/${assessment.id}`;
  const succeeded = hasSucceeded(assessment) === true;
  return {
    id: assessment.id,
    type: "assessment-results",
    attributes: {
      drifted: hasDrifted(assessment) ?? false,
      succeeded,
      "error-message": assessment.errorMessage,
      "error-msg": assessment.errorMessage,
      "created-at": toRfc3339(assessment.endedAt ?? assessment.queuedAt),
      "all-checks-succeeded": counts !== null && countFailingChecks(assessment) === 0,
      "checks-passed": counts?.checksPassed ?? null,
      "checks-failed": counts?.checksFailed ?? null,
      "checks-errored": counts?.checksErrored ?? null,
      "checks-unknown": counts?.checksUnknown ?? null,
      "resources-drifted": counts?.resourcesDrifted ?? null,
      "resources-undrifted": counts?.resourcesUndrifted ?? null,
    },
    relationships: {
      workspace: toOne("workspaces", assessment.workspaceId),
      source: toOne("assessments", assessment.id),
    },
    links: {
      self,
      "json-output": succeeded ? `${self}/json-output` : null,
      "json-schema": null,
      "log-output": `${self}/log-output`,
    },
  };
}

function resultNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "assessment_result_not_found",
    "There is no such assessment result, or you may not see it.",
  );
}

function notAvailable(message: string): DomainError {
  return new DomainError("not_found", "not_available", message);
}
