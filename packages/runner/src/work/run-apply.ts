import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { CompleteRequest } from "../protocol.ts";
import { allOf } from "./all-of.ts";
import { takeEngine, initialise, logOption, openSession, requireSuccess, runEngine } from "./engine-session.ts";
import { fetchConfiguration, fetchPlan, fetchState } from "./fetch-inputs.ts";
import { keepUnsent, unsentName } from "./job-directory.ts";
import type { PhaseContext } from "./phase-context.ts";
import { readPlannedBy } from "./plan-archive.ts";
import { readDependencies } from "./read-dependencies.ts";
import { watchState } from "./state-watcher.ts";
import { WorkError } from "./work-error.ts";

type Report = Omit<CompleteRequest, "fence">;

/** Applies the plan of the plan phase. What the engine wrote as state is uploaded however it ended. */
export async function runApply(context: PhaseContext): Promise<Report> {
  const { directory, job } = context;
  const [{ plan, plannedBy, engine }, , initial] = await allOf([
    fetchPlanAndEngine(context),
    fetchConfiguration(context),
    fetchState(context),
  ]);
  await cp(join(plan, "files"), directory.config, { recursive: true, force: true }).catch(ignoreAbsence);
  const session = await openSession(context, engine);
  await initialise(context, session);

  const watcher = watchState({
    root: directory.states,
    file: session.stateFile,
    initial,
    pollMs: context.settings.timing.statePollMs,
    upload: (state, signal) => {
      const either = AbortSignal.any([signal, context.leaseLost]);
      return context.api.upload(job.urls.state_upload, state, { signal: either, once: true });
    },
    onMissed: (error) => context.logger.warn({ err: error }, "a snapshot of the state was not delivered yet"),
  });
  let run;
  try {
    run = await runEngine(context, session, ["apply", "-input=false", logOption(job), join(plan, "tfplan")]);
  } finally {
    await deliverFinalState(context, await watcher.finish());
  }
  // An apply that was asked to stop but had done everything has not been stopped.
  if (run.code !== 0) requireSuccess(context, session, "apply", run);
  const counts = run.counts();
  const dependencies = await readDependencies(session.directory);
  return {
    outcome: "finished",
    engine: plannedBy,
    ...(counts === undefined ? {} : { counts }),
    ...(dependencies === undefined ? {} : { dependencies }),
  };
}

/** The plan, and the engine that has made it: no other reads it. */
async function fetchPlanAndEngine(context: PhaseContext) {
  const plan = await fetchPlan(context);
  const plannedBy = await readPlannedBy(plan);
  return { plan, plannedBy, engine: await takeEngine(context, plannedBy) };
}

async function deliverFinalState(
  context: PhaseContext,
  left: { readonly state: Buffer | undefined; readonly broken: Buffer | undefined },
): Promise<void> {
  const { job, logger } = context;
  const { workDir } = context.settings;
  if (left.broken !== undefined) {
    const file = await keepUnsent(workDir, `${job.run_id}.broken.tfstate`, left.broken);
    logger.error(
      { file },
      "the engine left an incomplete state file, kept here; the last complete one is sent instead",
    );
  }
  if (left.state === undefined) return;
  try {
    const options = { signal: context.leaseLost, query: { final: "true" } };
    await context.api.upload(job.urls.state_upload, left.state, options);
  } catch (error) {
    const { id, fence, run_id: runId } = job;
    const file = await keepUnsent(workDir, unsentName({ id, fence, runId }), left.state);
    context.settings.onUnsent();
    logger.error({ err: error, file }, "the final state could not be delivered and is kept in this file");
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkError(
      `The state that this apply wrote could not be delivered (${reason}). It is kept on the machine of the runner, in ${file}.`,
      { cause: error },
    );
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
