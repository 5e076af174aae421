import { join } from "node:path";
import type { CompleteRequest } from "../protocol.ts";
import { requireSuccess, runEngine } from "./engine-session.ts";
import { makePlan, readJson, type MadePlan } from "./make-plan.ts";
import type { PhaseContext } from "./phase-context.ts";
import { packPlan } from "./plan-archive.ts";
import { renderPlan } from "./render-plan.ts";
import { summarizePlan } from "./summarize-plan.ts";

type Report = Omit<CompleteRequest, "fence">;

/** Plans, and uploads the plan as a file for the apply phase and as JSON. Throws WorkError when there is no plan. */
export async function runPlan(context: PhaseContext): Promise<Report> {
  const { job, directory, api, leaseLost } = context;
  const made = await makePlan(context);
  const { plannedBy, jsonFile, json, before } = made;
  const summary = summarizePlan(json, { refreshOnly: job.options.refresh_only });
  const archive = join(directory.own, "plan.tar.gz");
  await packPlan({ planRoot: directory.transfer, plannedBy, configRoot: directory.config, before, into: archive });
  const signal = AbortSignal.any([leaseLost, context.stop.interrupted]);
  await api.upload(job.urls.plan_json, { file: jsonFile }, { signal });
  if (job.urls.plan_rendered !== undefined) await uploadRendered(context, made, job.urls.plan_rendered, signal);
  await api.upload(job.urls.plan_file, { file: archive }, { signal });
  return { outcome: "finished", has_changes: summary.hasChanges, counts: summary.counts, engine: plannedBy };
}

/** Without a schema of one of its types there is nothing to render: a plan that can be applied is worth more. */
async function uploadRendered(context: PhaseContext, made: MadePlan, url: string, signal: AbortSignal): Promise<void> {
  const { session, json } = made;
  const file = join(context.directory.own, "schemas.json");
  const run = await runEngine(context, session, ["providers", "schema", "-json"], { stdoutFile: file });
  requireSuccess(context, session, "providers schema", run);
  const rendered = renderPlan(json, await readJson(file, "schema of the providers"));
  if (rendered === undefined) {
    context.logger.warn({ run: context.job.run_id }, "the plan speaks of a type that no provider has a schema of");
    return;
  }
  await context.api.upload(url, Buffer.from(JSON.stringify(rendered)), { signal });
}
