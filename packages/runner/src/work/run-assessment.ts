import type { CompleteRequest } from "../protocol.ts";
import { makePlan, showPlan } from "./make-plan.ts";
import type { PhaseContext } from "./phase-context.ts";
import { summarizePlan } from "./summarize-plan.ts";

type Report = Omit<CompleteRequest, "fence">;

/**
 * Plans for the server to judge: whether the world is still what the configuration says. Nothing is kept of the plan but
 * its JSON, so that nobody can apply it. Throws WorkError when there is no plan.
 */
export async function runAssessment(context: PhaseContext): Promise<Report> {
  const made = await makePlan(context);
  const { file, json } = await showPlan(context, made);
  const { hasChanges, counts } = summarizePlan(json, { refreshOnly: false });
  const signal = AbortSignal.any([context.leaseLost, context.stop.interrupted]);
  await context.api.upload(context.job.urls.plan_json, { file }, { signal });
  return { outcome: "finished", has_changes: hasChanges, counts, engine: made.plannedBy };
}
