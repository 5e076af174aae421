import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { listPolicySetsFor, policyKinds, type PolicySet } from "../policy-sets/index.ts";
import { insertEvaluation, insertSetOutcome } from "./policy-evaluation-store.ts";

/**
 * Finds the policy sets that apply to a run's workspace; undefined: none. What it returns writes their evaluations, one for
 * each language, into the stage that judges the plan.
 */
export async function preparePolicies(
  tx: Tx,
  run: { readonly workspaceId: string; readonly organizationId: string; readonly projectId: string },
): Promise<((stageId: string, now: Millis) => Promise<void>) | undefined> {
  const sets = await listPolicySetsFor(tx, { ...run, id: run.workspaceId });
  if (sets.length === 0) return undefined;
  return async (stageId, now) => {
    for (const kind of policyKinds) {
      const ofKind = sets.filter((set) => set.kind === kind);
      if (ofKind.length > 0) await insertPending(tx, stageId, ofKind, now);
    }
  };
}

async function insertPending(tx: Tx, stageId: string, sets: readonly PolicySet[], now: Millis): Promise<void> {
  const id = newExternalId("poleval");
  await insertEvaluation(tx, {
    id,
    stageId,
    kind: sets[0]?.kind ?? "opa",
    status: "pending",
    statusTimes: { pending: now },
    createdAt: now,
    updatedAt: now,
  });
  for (const [position, set] of sets.entries()) {
    const outcome = {
      id: newExternalId("psout"),
      evaluationId: id,
      policySetId: set.id,
      policySetName: set.name,
      policySetDescription: set.description,
      overridable: set.overridable,
      error: null,
      outcomes: null,
      counts: { passed: 0, advisoryFailed: 0, mandatoryFailed: 0, errored: 0 },
      createdAt: now,
    };
    await insertSetOutcome(tx, outcome, position);
  }
}
