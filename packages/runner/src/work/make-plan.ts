import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunnerJob } from "../protocol.ts";
import { allOf } from "./all-of.ts";
import {
  takeEngine,
  initialise,
  logOption,
  openSession,
  requireSuccess,
  runEngine,
  type EngineSession,
} from "./engine-session.ts";
import { fetchConfiguration, fetchState } from "./fetch-inputs.ts";
import type { PhaseContext } from "./phase-context.ts";
import { markTree, type PlannedBy, type TreeMarks } from "./plan-archive.ts";
import { WorkError } from "./work-error.ts";

export interface MadePlan {
  /** Where it was made, for whoever wants to know more of the engine. */
  readonly session: EngineSession;
  readonly plannedBy: PlannedBy;
  readonly planFile: string;
  /** The configuration as it was unpacked. */
  readonly before: TreeMarks;
}

/** What an engine has left of a plan, finished or not. */
export type PlanFile = Pick<MadePlan, "session" | "planFile">;

/**
 * Plans with the options of the job, on the workspace's current state. Throws WorkError when there is no plan, after
 * `onFailure` was told.
 */
export async function makePlan(
  context: PhaseContext,
  onFailure?: (left: PlanFile) => Promise<void>,
): Promise<MadePlan> {
  const { job, directory } = context;
  const [engine] = await allOf([takeEngine(context, job.engine), fetchConfiguration(context), fetchState(context)]);
  const session = await openSession(context, engine);
  const before = await markTree(directory.config);
  await initialise(context, session);

  const planFile = join(directory.transfer, "tfplan");
  // Beside the plan: the engine may write there, and reads no configuration from it.
  const generated = job.options.generate_config === true ? [`-generate-config-out=${planFile}.tf`] : [];
  const args = ["plan", "-input=false", logOption(job), `-out=${planFile}`, ...planOptions(job.options), ...generated];
  const planned = await runEngine(context, session, args);
  if (planned.code !== 0) await onFailure?.({ session, planFile });
  requireSuccess(context, session, "plan", planned);
  return { session, plannedBy: { name: engine.name, version: engine.version }, planFile, before };
}

export interface ShownPlan {
  /** What `show -json` has printed. */
  readonly file: string;
  readonly json: object;
}

/** The plan as the engine's own JSON. */
export async function showPlan(context: PhaseContext, { session, planFile }: PlanFile): Promise<ShownPlan> {
  const file = join(context.directory.own, "plan.json");
  const shown = await runEngine(context, session, ["show", "-json", "-no-color", planFile], { stdoutFile: file });
  requireSuccess(context, session, "show", shown);
  return { file, json: await readJson(file, "plan") };
}

function planOptions(options: RunnerJob["options"]): string[] {
  return [
    ...(options.destroy ? ["-destroy"] : []),
    ...(options.refresh ? [] : ["-refresh=false"]),
    ...(options.refresh_only ? ["-refresh-only"] : []),
    ...options.targets.map((address) => `-target=${address}`),
    ...options.replaces.map((address) => `-replace=${address}`),
    ...(options.invokes ?? []).map((address) => `-invoke=${address}`),
    ...(options.policies ?? []).map((path) => `-policies=${path}`),
  ];
}

// The longest string that Node can make is a little longer.
const jsonBytesMax = 500 * 1024 * 1024;

/** What an engine has printed into a file. Throws WorkError when it is too large to be read. */
export async function readJson(file: string, what: string): Promise<object> {
  const { size } = await stat(file);
  if (size > jsonBytesMax) {
    throw new WorkError(
      `The ${what} as JSON has ${size} bytes; at most ${jsonBytesMax} can be read. Split the workspace.`,
    );
  }
  return JSON.parse(await readFile(file, "utf8")) as object;
}
