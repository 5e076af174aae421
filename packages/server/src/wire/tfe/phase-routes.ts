import { readPlanJson, readRenderedPlan } from "../../features/runners/index.ts";
import { getPhase, getRun, listPhases, type PhaseKind } from "../../features/runs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { document, param } from "./json-api.ts";
import { phaseResource } from "./run-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Plans and applies. */
export function phaseRoutes(deps: TfeDeps): Route[] {
  const read = (kind: PhaseKind, path: string): Route => ({
    method: "GET",
    path,
    needs: "run:read",
    audit: `${kind}.read`,
    handle: async (call) => {
      const { phase } = await getPhase(deps.db, call.actor, param(call, "id"));
      if (phase.kind !== kind) throw new DomainError("not_found", "run_not_found", `There is no such ${kind}.`);
      return document(await phaseResource(deps, phase));
    },
  });
  const planJson = async (call: Call, planId: string): Promise<Reply> => {
    const { phase } = await getPhase(deps.db, call.actor, planId);
    const json = await readPlanJson(deps, phase);
    return json === undefined || phase.kind !== "plan"
      ? { status: 204 }
      : { status: 200, body: json, contentType: "application/json" };
  };
  const phaseOf = async (call: Call, kind: PhaseKind): Promise<string> => {
    const run = await getRun(deps.db, call.actor, param(call, "run_id"));
    return (await listPhases(deps.db, [run.id])).find((phase) => phase.kind === kind)?.id ?? "";
  };
  const ofRun = (kind: PhaseKind): Route => ({
    method: "GET",
    path: `/runs/:run_id/${kind}`,
    needs: "run:read",
    audit: `${kind}.read`,
    handle: async (call) => {
      const { phase } = await getPhase(deps.db, call.actor, await phaseOf(call, kind));
      return document(await phaseResource(deps, phase));
    },
  });
  return [
    read("plan", "/plans/:id"),
    read("apply", "/applies/:id"),
    {
      // The plan in full, secrets too. Source: HCP Terraform, permissions of workspaces.
      method: "GET",
      path: "/plans/:id/json-output",
      needs: "run:read-plan-json",
      audit: "plan.read-json",
      handle: async (call) => planJson(call, param(call, "id")),
    },
    {
      method: "GET",
      path: "/runs/:run_id/plan/json-output",
      needs: "run:read-plan-json",
      audit: "plan.read-json",
      handle: async (call) => planJson(call, await phaseOf(call, "plan")),
    },
    ofRun("plan"),
    ofRun("apply"),
    {
      // What `show SAVED-PLAN` renders, and every plan of a workspace with structured output. Source: Terraform, internal/cloud.
      method: "GET",
      path: "/plans/:id/json-output-redacted",
      needs: "run:read",
      audit: "plan.read-redacted-json",
      handle: async (call) => {
        const { phase } = await getPhase(deps.db, call.actor, param(call, "id"));
        const rendered = await readRenderedPlan(deps, phase);
        if (rendered !== undefined) return { status: 200, body: rendered, contentType: "application/json" };
        throw new DomainError(
          // Not 404, of which command lines tell nothing but that it is one.
          "invalid",
          "no_redacted_plan",
          "This plan was not kept in a form to be rendered. It is for saved plans (`plan -out`), for plans that generate configuration, and for workspaces with structured-run-output-enabled; the others are in the log of their run, and in `show -json`.",
        );
      },
    },
  ];
}
