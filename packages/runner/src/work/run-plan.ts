import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CompleteRequest } from "../protocol.ts";
import { allOf } from "./all-of.ts";
import { requireSuccess, runEngine } from "./engine-session.ts";
import { makePlan, readJson, showPlan, type MadePlan, type PlanFile, type ShownPlan } from "./make-plan.ts";
import type { PhaseContext } from "./phase-context.ts";
import { packPlan } from "./plan-archive.ts";
import { readDependencies } from "./read-dependencies.ts";
import { renderPlan } from "./render-plan.ts";
import { summarizePlan } from "./summarize-plan.ts";

type Report = Omit<CompleteRequest, "fence">;

/**
 * Plans, and uploads the plan as a file for the apply phase and as JSON. What follows the plan is done at the same time: with
 * large providers each of these commands takes seconds. Throws WorkError when there is no plan.
 */
export async function runPlan(context: PhaseContext): Promise<Report> {
  const signal = AbortSignal.any([context.leaseLost, context.stop.interrupted]);
  const made = await makePlan(context, (left) => keepGenerated(context, left, signal));
  const shown = showPlan(context, made);
  const [{ json }] = await allOf([
    shown,
    shown.then(({ file }) => context.api.upload(context.job.urls.plan_json, { file }, { signal })),
    uploadPlan(context, made, signal),
    uploadRendered(context, made, shown, signal),
  ]);
  const { hasChanges, counts } = summarizePlan(json, { refreshOnly: context.job.options.refresh_only });
  const dependencies = await readDependencies(made.session.directory);
  return {
    outcome: "finished",
    has_changes: hasChanges,
    counts,
    engine: made.plannedBy,
    ...(dependencies === undefined ? {} : { dependencies }),
  };
}

async function uploadPlan(context: PhaseContext, made: MadePlan, signal: AbortSignal): Promise<void> {
  const { directory, job, api } = context;
  const { plannedBy, before } = made;
  const archive = join(directory.own, "plan.tar.gz");
  await packPlan({ planRoot: directory.transfer, plannedBy, configRoot: directory.config, before, into: archive });
  await api.upload(job.urls.plan_file, { file: archive }, { signal });
}

/** Without a schema of one of its types there is nothing to render: a plan that can be applied is worth more. */
async function uploadRendered(
  context: PhaseContext,
  { session }: PlanFile,
  shown: Promise<ShownPlan>,
  signal: AbortSignal,
): Promise<void> {
  const url = context.job.urls.plan_rendered;
  if (url === undefined) return;
  const file = join(context.directory.own, "schemas.json");
  const run = await runEngine(context, session, ["providers", "schema", "-json"], { stdoutFile: file });
  requireSuccess(context, session, "providers schema", run);
  const rendered = renderPlan((await shown).json, await readJson(file, "schema of the providers"));
  if (rendered === undefined) {
    context.logger.warn({ run: context.job.run_id }, "the plan speaks of a type that no provider has a schema of");
    return;
  }
  await context.api.upload(url, Buffer.from(JSON.stringify(rendered)), { signal });
}

/**
 * Configuration that was generated is often not valid yet, which fails the plan: it is what the person has asked for all the
 * same, and engines keep it in the plan file. Source: Terraform, internal/cloud/backend_plan.go.
 */
async function keepGenerated(context: PhaseContext, left: PlanFile, signal: AbortSignal): Promise<void> {
  if (context.job.options.generate_config !== true || signal.aborted) return;
  if ((await stat(left.planFile).catch(() => undefined)) === undefined) return;
  try {
    const shown = await showPlan(context, left);
    await uploadRendered(context, left, Promise.resolve(shown), signal);
  } catch (error) {
    // Why the plan failed is what people have to hear.
    context.logger.warn({ err: error, run: context.job.run_id }, "the generated configuration could not be kept");
  }
}
