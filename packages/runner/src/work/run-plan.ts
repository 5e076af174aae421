import { join } from "node:path";
import type { CompleteRequest } from "../protocol.ts";
import { makePlan } from "./make-plan.ts";
import type { PhaseContext } from "./phase-context.ts";
import { packPlan } from "./plan-archive.ts";
import { summarizePlan } from "./summarize-plan.ts";

type Report = Omit<CompleteRequest, "fence">;

/** Plans, and uploads the plan as a file for the apply phase and as JSON. Throws WorkError when there is no plan. */
export async function runPlan(context: PhaseContext): Promise<Report> {
  const { job, directory, api, leaseLost } = context;
  const { plannedBy, jsonFile, json, before } = await makePlan(context);
  const summary = summarizePlan(json, { refreshOnly: job.options.refresh_only });
  const archive = join(directory.own, "plan.tar.gz");
  await packPlan({ planRoot: directory.transfer, plannedBy, configRoot: directory.config, before, into: archive });
  const signal = AbortSignal.any([leaseLost, context.stop.interrupted]);
  await api.upload(job.urls.plan_json, { file: jsonFile }, { signal });
  await api.upload(job.urls.plan_file, { file: archive }, { signal });
  return { outcome: "finished", has_changes: summary.hasChanges, counts: summary.counts, engine: plannedBy };
}
