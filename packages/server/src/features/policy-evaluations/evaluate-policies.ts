import type { Db, Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { RegoEvaluator, RegoSet, RegoSetResult } from "../../platform/rego/index.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { findPolicySet, loadPolicyGroups, type PolicyGroup } from "../policy-sets/index.ts";
import { findRun, findStage, lockRunAtStage, type Run, type StageHold } from "../runs/index.ts";
import {
  findEvaluation,
  listEvaluations,
  listSetOutcomes,
  saveEvaluation,
  saveSetOutcome,
} from "./policy-evaluation-store.ts";
import {
  countOutcomes,
  erroredPolicy,
  judgeEvaluation,
  judgePolicy,
  type EvaluationStatus,
  type PolicyEvaluation,
  type PolicySetOutcome,
} from "./policy-evaluation.ts";

/** The job that evaluates the policies of a stage. */
export const evaluatePoliciesJob = "evaluate-policies";

export interface EvaluatePolicies {
  readonly evaluationId: string;
}

export interface EvaluateDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly evaluate: RegoEvaluator;
  /** What policies see as `input`; a text says why there is nothing to judge. */
  readonly readInput: (run: Run) => Promise<object | string>;
  /** Takes the run on from its stage when nothing there is open any more. */
  readonly settle: (tx: Tx, held: StageHold, now: Millis) => Promise<void>;
  readonly wakeJobs: () => void;
  readonly wakeRunners: () => void;
}

const sentinelProblem =
  "This server evaluates OPA policies only. Write the policy in Rego, or exclude this workspace from the Sentinel policy set.";

export async function enqueueEvaluations(tx: Tx, stageId: string, now: Millis): Promise<void> {
  for (const evaluation of await listEvaluations(tx, [stageId])) {
    if (evaluation.status !== "pending") continue;
    await saveEvaluation(tx, moved(evaluation, "running", now));
    const payload: EvaluatePolicies = { evaluationId: evaluation.id };
    await enqueueJob(tx, { kind: evaluatePoliciesJob, payload, uniqueKey: evaluation.id }, now);
  }
}

/**
 * Evaluates the policies of a stage, as they are now, and settles it. Repeatable: one that is settled is left alone. Throws
 * when another attempt could end otherwise; the last one says that they could not be evaluated.
 */
export async function evaluatePolicies(
  deps: EvaluateDeps,
  evaluationId: string,
  attempt: { readonly isLast: boolean },
): Promise<void> {
  const evaluation = await findEvaluation(deps.db, evaluationId);
  const stage = evaluation && (await findStage(deps.db, evaluation.stageId));
  const run = stage && (await findRun(deps.db, stage.runId));
  if (evaluation?.status !== "running" || run === undefined) return;
  const pending = await listSetOutcomes(deps.db, [evaluationId]);
  const settled = await evaluateSets(deps, evaluation, run, pending).catch((error: unknown) => {
    if (!attempt.isLast) throw error;
    const why = error instanceof DomainError ? error.message : "the server made a mistake.";
    return pending.map((outcome) => ({ ...outcome, error: why, outcomes: [] }));
  });
  await deps.db.transaction().execute(async (tx) => {
    const held = await lockRunAtStage(tx, evaluation.stageId);
    const current = await findEvaluation(tx, evaluationId);
    if (held === undefined || current?.status !== "running") return;
    const now = deps.now();
    for (const outcome of settled) await saveSetOutcome(tx, outcome);
    await saveEvaluation(tx, moved(current, judgeEvaluation(settled), now));
    await deps.settle(tx, held, now);
  });
  deps.wakeJobs();
  deps.wakeRunners();
}

export function moved(evaluation: PolicyEvaluation, status: EvaluationStatus, now: Millis): PolicyEvaluation {
  return { ...evaluation, status, statusTimes: { ...evaluation.statusTimes, [status]: now }, updatedAt: now };
}

async function evaluateSets(
  deps: EvaluateDeps,
  evaluation: PolicyEvaluation,
  run: Run,
  pending: readonly PolicySetOutcome[],
): Promise<PolicySetOutcome[]> {
  const groups: (readonly PolicyGroup[] | undefined)[] = [];
  for (const { policySetId } of pending) {
    const set = await findPolicySet(deps.db, policySetId);
    groups.push(set === undefined ? undefined : await loadPolicyGroups(deps, set));
  }
  const input = evaluation.kind === "opa" ? await deps.readInput(run) : sentinelProblem;
  const asked = groups.flatMap((ofSet) => (ofSet ?? []).flatMap(({ rego }) => rego ?? []));
  const problem = typeof input === "string" ? input : "There is no answer.";
  const answers = typeof input === "string" ? new Map<RegoSet, RegoSetResult>() : await ask(deps, input, asked);
  return pending.map((outcome, index) => {
    const ofSet = groups[index];
    if (ofSet === undefined) {
      return { ...outcome, error: "The policy set was deleted after the run was created.", outcomes: [] };
    }
    return settledOutcome(outcome, ofSet, (group) =>
      group.rego === undefined
        ? { error: group.problem ?? "There is nothing to evaluate.", queries: [] }
        : (answers.get(group.rego) ?? { error: problem, queries: [] }),
    );
  });
}

/** All of them at once; when that takes more than it may, one by one, so that only those that do are lost. */
async function ask(
  deps: EvaluateDeps,
  input: object,
  sets: readonly RegoSet[],
): Promise<ReadonlyMap<RegoSet, RegoSetResult>> {
  const answers = new Map<RegoSet, RegoSetResult>();
  if (sets.length === 0) return answers;
  try {
    const results = await deps.evaluate(input, sets);
    for (const [index, set] of sets.entries()) answers.set(set, results[index] ?? { queries: [] });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "rego_limit") throw error;
    const [only] = sets;
    if (sets.length === 1 && only !== undefined) return answers.set(only, { error: error.message, queries: [] });
    for (const set of sets) for (const [of, answer] of await ask(deps, input, [set])) answers.set(of, answer);
  }
  return answers;
}

function settledOutcome(
  outcome: PolicySetOutcome,
  groups: readonly PolicyGroup[],
  answerOf: (group: PolicyGroup) => RegoSetResult,
): PolicySetOutcome {
  const errors: string[] = [];
  const outcomes = groups.flatMap((group) => {
    const { error, queries } = answerOf(group);
    if (error !== undefined) errors.push(error);
    return group.policies.map((policy, index) =>
      error === undefined ? judgePolicy(policy, queries[index]) : erroredPolicy(policy, error),
    );
  });
  return {
    ...outcome,
    error: errors.length === 0 ? null : [...new Set(errors)].join(" ").slice(0, 2000),
    outcomes,
    counts: countOutcomes(outcomes),
  };
}
