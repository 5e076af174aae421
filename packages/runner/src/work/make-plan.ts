import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { chooseEngine } from "../engines/choose-engine.ts";
import type { RunnerJob } from "../protocol.ts";
import { initialise, openSession, preamble, requireSuccess, runEngine } from "./engine-session.ts";
import { fetchConfiguration, fetchState } from "./fetch-inputs.ts";
import type { PhaseContext } from "./phase-context.ts";
import { markTree, type PlannedBy, type TreeMarks } from "./plan-archive.ts";
import { WorkError } from "./work-error.ts";

export interface MadePlan {
  readonly plannedBy: PlannedBy;
  /** What `show -json` prints for it. */
  readonly jsonFile: string;
  readonly json: object;
  /** The configuration as it was unpacked. */
  readonly before: TreeMarks;
}

/** Plans with the options of the job, on the workspace's current state. Throws WorkError when there is no plan. */
export async function makePlan(context: PhaseContext): Promise<MadePlan> {
  const { job, directory } = context;
  const engine = chooseEngine(context.settings.engines, job.engine);
  void context.log.write(preamble(engine));
  await fetchConfiguration(context);
  const session = await openSession(context, engine);
  const before = await markTree(directory.config);
  await fetchState(context, join(directory.states, session.stateFile));
  await initialise(context, session);

  const planFile = join(directory.transfer, "tfplan");
  const args = ["plan", "-input=false", "-no-color", `-out=${planFile}`, ...planOptions(job.options)];
  requireSuccess(context, session, "plan", await runEngine(context, session, args));

  const jsonFile = join(directory.own, "plan.json");
  const shown = await runEngine(context, session, ["show", "-json", "-no-color", planFile], { stdoutFile: jsonFile });
  requireSuccess(context, session, "show", shown);
  const plannedBy = { name: engine.name, version: engine.version };
  return { plannedBy, jsonFile, json: await readPlanJson(jsonFile), before };
}

function planOptions(options: RunnerJob["options"]): string[] {
  return [
    ...(options.destroy ? ["-destroy"] : []),
    ...(options.refresh ? [] : ["-refresh=false"]),
    ...(options.refresh_only ? ["-refresh-only"] : []),
    ...options.targets.map((address) => `-target=${address}`),
    ...options.replaces.map((address) => `-replace=${address}`),
    ...(options.invokes ?? []).map((address) => `-invoke=${address}`),
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
