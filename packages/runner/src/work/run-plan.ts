import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { chooseEngine } from "../engines/choose-engine.ts";
import type { CompleteRequest, RunnerJob } from "../protocol.ts";
import { initialise, openSession, preamble, requireSuccess, runEngine } from "./engine-session.ts";
import { fetchConfiguration, fetchState } from "./fetch-inputs.ts";
import type { PhaseContext } from "./phase-context.ts";
import { markTree, packPlan } from "./plan-archive.ts";
import { summarizePlan } from "./summarize-plan.ts";
import { WorkError } from "./work-error.ts";

type Report = Omit<CompleteRequest, "fence">;

/** Plans, and uploads the plan as a file for the apply phase and as JSON. Throws WorkError when there is no plan. */
export async function runPlan(context: PhaseContext): Promise<Report> {
  const { job, directory, api, leaseLost } = context;
  const engine = chooseEngine(context.settings.engines, job.engine);
  void context.log.write(preamble(engine));
  await fetchConfiguration(context);
  const session = await openSession(context, engine);
  const before = await markTree(directory.config);
  await fetchState(context, session.stateFile);
  await initialise(context, session);

  const planFile = join(directory.transfer, "tfplan");
  const args = ["plan", "-input=false", "-no-color", `-out=${planFile}`, ...planOptions(job.options)];
  requireSuccess(context, session, "plan", await runEngine(context, session, args));

  const jsonFile = join(directory.transfer, "plan.json");
  const shown = await runEngine(context, session, ["show", "-json", "-no-color", planFile], { stdoutFile: jsonFile });
  requireSuccess(context, session, "show", shown);
  const summary = summarizePlan(await readPlanJson(jsonFile), { refreshOnly: job.options.refresh_only });

  const archive = join(directory.transfer, "plan.tar.gz");
  const plannedBy = { name: engine.name, version: engine.version };
  await packPlan({ planFile, plannedBy, configRoot: directory.config, before, into: archive });
  const signal = AbortSignal.any([leaseLost, context.stop.interrupted]);
  await api.upload(job.urls.plan_json, { file: jsonFile }, { signal });
  await api.upload(job.urls.plan_file, { file: archive }, { signal });
  return { outcome: "finished", has_changes: summary.hasChanges, counts: summary.counts, engine: plannedBy };
}

function planOptions(options: RunnerJob["options"]): string[] {
  return [
    ...(options.destroy ? ["-destroy"] : []),
    ...(options.refresh ? [] : ["-refresh=false"]),
    ...(options.refresh_only ? ["-refresh-only"] : []),
    ...options.targets.map((address) => `-target=${address}`),
    ...options.replaces.map((address) => `-replace=${address}`),
  ];
}

// The longest string that Node can make is a little longer.
const planJsonBytesMax = 500 * 1024 * 1024;

async function readPlanJson(file: string): Promise<object> {
  const { size } = await stat(file);
  if (size > planJsonBytesMax) {
    throw new WorkError(
      `The plan as JSON has ${size} bytes; at most ${planJsonBytesMax} can be read. Split the workspace.`,
    );
  }
  return JSON.parse(await readFile(file, "utf8")) as object;
}
