import { findConfigurationVersion } from "../config-versions/index.ts";
import { leaseLost, listPhases, lockPhase, savePhase, saveRun, type Phase } from "../runs/index.ts";
import { findCurrentStateVersion, readState, saveSnapshot, storeState } from "../state-versions/index.ts";
import { lockHeldJob, type JobHold } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import { findHeldRun, lockHeldPhase, lockHeldPhaseOnly, type HeldPhase } from "./held-phase.ts";
import type { RunnerDeps } from "./runner-deps.ts";
import { wrongPhase } from "./runner-work.ts";

/** The configuration archive of a phase. Errors: conflict/lease_lost. */
export async function readPhaseConfiguration(deps: RunnerDeps, hold: JobHold): Promise<Buffer> {
  const { run } = await readHeld(deps, hold);
  const version = await findConfigurationVersion(deps.db, run.configurationVersionId);
  const bytes = version?.blobKey == null ? undefined : await deps.blobs.get(version.blobKey);
  if (bytes === undefined) throw missing("The configuration of this run is not in the blob store.");
  return bytes;
}

/** The workspace's current state. Errors: conflict/lease_lost, not_found/file_missing. */
export async function readPhaseState(deps: RunnerDeps, hold: JobHold): Promise<Buffer> {
  const { run } = await readHeld(deps, hold);
  const current = await findCurrentStateVersion(deps.db, run.workspaceId);
  if (current === undefined) throw missing("The workspace has no state.");
  return (await readState(deps, current.id)).bytes;
}

/** What the plan phase left for the apply phase. Errors: conflict/lease_lost, not_found/file_missing. */
export async function readPlanFile(deps: RunnerDeps, hold: JobHold): Promise<Buffer> {
  const { run } = await readHeld(deps, hold);
  const plan = (await listPhases(deps.db, [run.id])).find((phase) => phase.kind === "plan");
  const sealed = plan?.planFileKey == null ? undefined : await deps.blobs.get(plan.planFileKey);
  if (plan?.planFileKey == null || sealed === undefined) throw missing("The plan phase has left no plan file.");
  return deps.sealer.open(sealed, planContext(plan.planFileKey));
}

export async function storePlanFile(deps: RunnerDeps, hold: JobHold, bytes: Uint8Array): Promise<void> {
  await storePlanPart(deps, hold, bytes, "planFileKey");
}

/** Errors: conflict/lease_lost, invalid/plan_json. */
export async function storePlanJson(deps: RunnerDeps, hold: JobHold, bytes: Uint8Array): Promise<void> {
  checkIsJson(bytes);
  await storePlanPart(deps, hold, bytes, "planJsonKey");
}

/** As {@link storePlanJson}, of the plan as command lines render it. */
export async function storeRenderedPlan(deps: RunnerDeps, hold: JobHold, bytes: Uint8Array): Promise<void> {
  const generatedConfiguration = holdsConfiguration(checkIsJson(bytes));
  await storePlanPart(deps, hold, bytes, "planRenderedKey", { generatedConfiguration });
}

/** Whether the engine has written the configuration of a resource. Source: terraform, internal/command/jsonplan. */
function holdsConfiguration(plan: unknown): boolean {
  const { resource_changes: resources } = (plan ?? {}) as { resource_changes?: unknown };
  if (!Array.isArray(resources)) return false;
  return resources.some(
    (resource: { change?: { generated_config?: unknown } } | null) =>
      typeof resource?.change?.generated_config === "string",
  );
}

/** The value. Errors: invalid/plan_json. */
export function checkIsJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw new DomainError("invalid", "plan_json", "The body is not JSON: send what `show -json` printed.");
  }
}

/** The engine's own JSON of a plan; undefined when there is none. */
export async function readPlanJson(
  deps: Pick<RunnerDeps, "blobs" | "sealer">,
  phase: Phase,
): Promise<Buffer | undefined> {
  return openPlanPart(deps, phase.planJsonKey);
}

/** The plan as command lines render it, without secrets; undefined when none was asked for. */
export async function readRenderedPlan(
  deps: Pick<RunnerDeps, "blobs" | "sealer">,
  phase: Phase,
): Promise<Buffer | undefined> {
  return openPlanPart(deps, phase.planRenderedKey);
}

async function openPlanPart(
  deps: Pick<RunnerDeps, "blobs" | "sealer">,
  key: string | null,
): Promise<Buffer | undefined> {
  if (key === null) return undefined;
  const sealed = await deps.blobs.get(key);
  return sealed && deps.sealer.open(sealed, planContext(key));
}

/** Plans hold secrets: a sealed one opens only under the key it was stored with. */
function planContext(key: string): string {
  return `plan:${key}`;
}

async function storePlanPart(
  deps: RunnerDeps,
  hold: JobHold,
  bytes: Uint8Array,
  column: "planFileKey" | "planJsonKey" | "planRenderedKey",
  facts: Partial<Pick<Phase, "generatedConfiguration">> = {},
): Promise<void> {
  const { phase } = await readHeld(deps, hold);
  if (phase.kind !== "plan") throw wrongPhase("A plan is sent by the plan phase only.");
  const key = `plans/${phase.id}/${newUlid()}`;
  await deps.blobs.put(key, deps.sealer.seal(bytes, planContext(key)));
  let obsolete: string | null = key;
  try {
    await deps.db.transaction().execute(async (tx) => {
      const held = await lockHeldPhaseOnly(tx, hold);
      await savePhase(tx, { ...held, ...facts, [column]: key });
      obsolete = held[column];
    });
  } catch (error) {
    obsolete = key;
    throw error;
  } finally {
    if (obsolete !== null) await deps.blobs.remove(obsolete);
  }
}

/**
 * A state that an apply has written so far, or with `final` the last one. It is the workspace's state from then on, whatever
 * happens to the run. Errors: conflict/lease_lost, conflict/wrong_phase, invalid/not_a_state.
 */
export async function storePhaseState(
  deps: RunnerDeps,
  hold: JobHold,
  bytes: Uint8Array,
  options: { readonly final: boolean },
): Promise<void> {
  const { run, phase } = await readHeld(deps, hold);
  if (phase.kind !== "apply") throw wrongPhase("Only an apply writes a state.");
  const stored = await storeState(deps, run.workspaceId, bytes);
  let obsolete: string | null = stored.key;
  try {
    if (stored.facts === undefined) {
      throw notAState();
    }
    await deps.db.transaction().execute(async (tx) => {
      const held = await lockHeldPhase(tx, hold);
      const saved = await saveSnapshot(
        tx,
        deps.sealer,
        {
          workspaceId: held.workspace.id,
          runId: held.run.id,
          createdByName: held.run.createdByName,
          stateVersionId: held.run.stateVersionId,
          final: options.final,
        },
        stored,
        deps.now(),
      );
      if (saved.stateVersionId !== held.run.stateVersionId) {
        await saveRun(tx, { ...held.run, stateVersionId: saved.stateVersionId });
      }
      obsolete = saved.obsoleteKey;
    });
  } catch (error) {
    obsolete = stored.key;
    throw error;
  } finally {
    if (obsolete !== null) await deps.blobs.remove(obsolete);
  }
  deps.wakeJobs();
}

export function notAState(): DomainError {
  return new DomainError("invalid", "not_a_state", "The body is neither a version 4 state nor an encrypted one.");
}

/** Reads under the hold: a runner that lost its lease gets nothing. */
async function readHeld(deps: RunnerDeps, hold: JobHold): Promise<Omit<HeldPhase, "workspace">> {
  const found = await findHeldRun(deps.db, hold);
  await deps.db.transaction().execute(async (tx) => {
    const phase = await lockPhase(tx, found.phase.id);
    if (phase?.status !== "running" || (await lockHeldJob(tx, hold)) === undefined) throw leaseLost();
  });
  return found;
}

function missing(message: string): DomainError {
  return new DomainError("not_found", "file_missing", message);
}
