import type { LateStateReply } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import { recordEvent } from "../events/index.ts";
import { addRunEvent, discardSavedPlans, leaseLost, lockPhase, lockRun, saveRun, type Run } from "../runs/index.ts";
import {
  countStateVersionsOfRun,
  findCurrentStateVersion,
  findSameStateVersion,
  keepBeside,
  saveSnapshot,
  storeState,
  whyNotCurrent,
  type StoredState,
} from "../state-versions/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import type { Tx } from "../../db/database.ts";
import type { JobHold } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { findHeldRun } from "./held-phase.ts";
import { notAState, storePhaseState } from "./phase-files.ts";
import type { RunnerDeps } from "./runner-deps.ts";
import { wrongPhase } from "./runner-work.ts";

// A runner has one last state for each apply. More is a mistake, or worse.
const statesOfRunMax = 20;

/**
 * The state of an apply whose runner could not deliver it in time: its lease has ended, or it was killed and has started
 * again. What nobody has followed becomes the current state. What comes too late for that is kept beside the current one,
 * and the run and its workspace say so. Repeating it is harmless. See ADR 30. Errors: conflict/lease_lost for everybody who
 * never held this job, conflict/wrong_phase, conflict/too_many_states, invalid/not_a_state.
 */
export async function receiveLateState(
  deps: RunnerDeps,
  actor: Actor,
  hold: JobHold,
  bytes: Uint8Array,
): Promise<LateStateReply> {
  const { run, phase } = await findHeldRun(deps.db, hold, actor);
  if (phase.fence !== hold.fence) throw leaseLost();
  if (phase.kind !== "apply") throw wrongPhase("Only an apply writes a state.");
  if (phase.status === "running" && (await isTakenInTime(deps, hold, bytes))) return { kept: "current" };
  const stored = await storeState(deps, run.workspaceId, bytes);
  let obsolete: string | null = stored.key;
  try {
    if (stored.facts === undefined) throw notAState();
    const { reply, obsoleteKey } = await deps.db
      .transaction()
      .execute((tx) => keep(deps, tx, { workspaceId: run.workspaceId, runId: run.id, phaseId: phase.id }, stored));
    obsolete = obsoleteKey;
    return reply;
  } catch (error) {
    obsolete = stored.key;
    throw error;
  } finally {
    if (obsolete !== null) await deps.blobs.remove(obsolete);
    deps.wakeJobs();
  }
}

/** The server has not noticed yet that the runner was away: the phase is still its own. */
async function isTakenInTime(deps: RunnerDeps, hold: JobHold, bytes: Uint8Array): Promise<boolean> {
  try {
    await storePhaseState(deps, hold, bytes, { final: true });
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === "lease_lost") return false;
    throw error;
  }
}

interface Kept {
  readonly reply: LateStateReply;
  readonly obsoleteKey: string | null;
}

async function keep(
  deps: RunnerDeps,
  tx: Tx,
  origin: { readonly workspaceId: string; readonly runId: string; readonly phaseId: string },
  stored: StoredState,
): Promise<Kept> {
  const workspace = await lockWorkspaceRow(tx, origin.workspaceId);
  const run = await lockRun(tx, origin.runId);
  const phase = await lockPhase(tx, origin.phaseId);
  if (workspace === undefined || run === undefined || phase === undefined) throw leaseLost();
  const { serial, lineage } = stored.facts ?? { serial: 0, lineage: "" };
  const same = await findSameStateVersion(tx, workspace.id, serial, stored.md5);
  if (same?.status === "finalized") return { reply: { kept: "known" }, obsoleteKey: stored.key };
  if ((await countStateVersionsOfRun(tx, run.id)) >= statesOfRunMax) throw tooManyStates();
  const { stateVersionId } = run;
  const current = await findCurrentStateVersion(tx, workspace.id);
  const startedAt = phase.startedAt ?? run.createdAt;
  const isLocked = workspace.lock !== null;
  const reason = whyNotCurrent({ serial, lineage }, { current, stateVersionId, startedAt, isLocked });
  const now = deps.now();
  const came = `Runner ${JSON.stringify(phase.runnerName ?? "")} came back after its lease had ended, with a state of serial ${serial}`;
  if (reason === null) {
    const snapshot = { workspaceId: workspace.id, runId: run.id, createdByName: run.createdByName, stateVersionId };
    const saved = await saveSnapshot(tx, deps.sealer, { ...snapshot, final: true }, stored, now);
    await discardSavedPlans(tx, workspace.id, now);
    const text = `${came}. Nobody had changed the workspace since, so this is its current state now: the next plan starts from it.`;
    await tell(deps, tx, { ...run, stateVersionId: saved.stateVersionId }, workspace, text);
    return { reply: { kept: "current" }, obsoleteKey: saved.obsoleteKey };
  }
  const beside = { workspaceId: workspace.id, runId: run.id, createdByName: run.createdByName };
  const { id } = await keepBeside(tx, deps.sealer, beside, stored, now);
  const text = `${came}. It is kept as ${id} and is not the current state, since ${reason}. Compare the two: resources that only it has exist and are not managed. Import them, or make it current again by rolling the workspace back to it.`;
  await tell(deps, tx, run, workspace, text);
  return { reply: { kept: "beside" }, obsoleteKey: null };
}

/** Where people look: the run, its history, and what happened in the workspace. */
async function tell(deps: RunnerDeps, tx: Tx, run: Run, workspace: Workspace, text: string): Promise<void> {
  const now = deps.now();
  const errorMessage = run.errorMessage === null ? text : `${run.errorMessage}\n${text}`;
  await saveRun(tx, { ...run, errorMessage, updatedAt: now });
  await addRunEvent(tx, { runId: run.id, action: "late_state", actor: null, description: text }, now);
  await recordEvent(
    tx,
    {
      kind: "run.late-state",
      organizationId: run.organizationId,
      projectId: run.projectId,
      workspaceId: workspace.id,
      summary: `A late state of run ${run.number} of ${workspace.name} was kept`,
      actorName: null,
      data: { runId: run.id, status: run.status, message: run.message, waits: false, error: text },
    },
    now,
  );
}

function tooManyStates(): DomainError {
  return new DomainError(
    "conflict",
    "too_many_states",
    "This run has left more states than an apply can. Keep this one, and push it with the command line if it is needed.",
  );
}
