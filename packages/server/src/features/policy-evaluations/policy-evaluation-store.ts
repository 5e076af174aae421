import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { PolicyEvaluations, PolicySetOutcomes } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { PolicyKind } from "../policy-sets/index.ts";
import type { EvaluationStatus, PolicyEvaluation, PolicyOutcome, PolicySetOutcome } from "./policy-evaluation.ts";

function toEvaluation(row: Selectable<PolicyEvaluations>): PolicyEvaluation {
  return {
    id: row.id,
    stageId: row.task_stage_id,
    kind: row.kind as PolicyKind,
    status: row.status as EvaluationStatus,
    statusTimes: JSON.parse(row.status_times) as PolicyEvaluation["statusTimes"],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toOutcome(row: Selectable<PolicySetOutcomes>): PolicySetOutcome {
  return {
    id: row.id,
    evaluationId: row.policy_evaluation_id,
    policySetId: row.policy_set_id,
    policySetName: row.policy_set_name,
    policySetDescription: row.policy_set_description,
    overridable: row.overridable === 1,
    error: row.error,
    outcomes: row.outcomes === null ? null : (JSON.parse(row.outcomes) as PolicyOutcome[]),
    counts: {
      passed: row.passed,
      advisoryFailed: row.advisory_failed,
      mandatoryFailed: row.mandatory_failed,
      errored: row.errored,
    },
    createdAt: row.created_at,
  };
}

function toColumns(outcome: PolicySetOutcome) {
  const { counts } = outcome;
  return {
    error: outcome.error,
    outcomes: outcome.outcomes === null ? null : JSON.stringify(outcome.outcomes),
    passed: counts.passed,
    advisory_failed: counts.advisoryFailed,
    mandatory_failed: counts.mandatoryFailed,
    errored: counts.errored,
  };
}

export async function insertEvaluation(tx: Tx, evaluation: PolicyEvaluation): Promise<void> {
  await tx
    .insertInto("policy_evaluations")
    .values({
      id: evaluation.id,
      task_stage_id: evaluation.stageId,
      kind: evaluation.kind,
      status: evaluation.status,
      status_times: JSON.stringify(evaluation.statusTimes),
      created_at: evaluation.createdAt,
      updated_at: evaluation.updatedAt,
    })
    .execute();
}

/** The caller has locked the run. */
export async function saveEvaluation(tx: Tx, evaluation: PolicyEvaluation): Promise<void> {
  await tx
    .updateTable("policy_evaluations")
    .set({
      status: evaluation.status,
      status_times: JSON.stringify(evaluation.statusTimes),
      updated_at: evaluation.updatedAt,
    })
    .where("id", "=", evaluation.id)
    .execute();
}

export async function insertSetOutcome(tx: Tx, outcome: PolicySetOutcome, position: number): Promise<void> {
  await tx
    .insertInto("policy_set_outcomes")
    .values({
      id: outcome.id,
      policy_evaluation_id: outcome.evaluationId,
      policy_set_id: outcome.policySetId,
      policy_set_name: outcome.policySetName,
      policy_set_description: outcome.policySetDescription,
      overridable: outcome.overridable ? 1 : 0,
      position,
      created_at: outcome.createdAt,
      ...toColumns(outcome),
    })
    .execute();
}

export async function saveSetOutcome(tx: Tx, outcome: PolicySetOutcome): Promise<void> {
  await tx.updateTable("policy_set_outcomes").set(toColumns(outcome)).where("id", "=", outcome.id).execute();
}

export async function findEvaluation(db: Db, id: string): Promise<PolicyEvaluation | undefined> {
  const row = await db.selectFrom("policy_evaluations").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toEvaluation(row);
}

/** The evaluations of several stages, each stage's by kind. */
export async function listEvaluations(db: Db, stageIds: readonly string[]): Promise<PolicyEvaluation[]> {
  if (stageIds.length === 0) return [];
  const rows = await db
    .selectFrom("policy_evaluations")
    .selectAll()
    .where("task_stage_id", "in", stageIds)
    .orderBy("kind")
    .orderBy("id")
    .execute();
  return rows.map(toEvaluation);
}

/** Everything that several evaluations have found, in the order of their sets. */
export async function listSetOutcomes(db: Db, evaluationIds: readonly string[]): Promise<PolicySetOutcome[]> {
  if (evaluationIds.length === 0) return [];
  const rows = await db
    .selectFrom("policy_set_outcomes")
    .selectAll()
    .where("policy_evaluation_id", "in", evaluationIds)
    .orderBy("position")
    .orderBy("id")
    .execute();
  return rows.map(toOutcome);
}

export async function findSetOutcome(db: Db, id: string): Promise<PolicySetOutcome | undefined> {
  const row = await db.selectFrom("policy_set_outcomes").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toOutcome(row);
}

/** A set is listed when any of these fits it; with no filter all of them are. */
export interface OutcomeFilter {
  readonly status?: string;
  readonly level?: string;
}

/** What fits some filter, in the order of the sets. Two statements. */
export async function pageSetOutcomes(
  db: Db,
  evaluationId: string,
  filters: readonly OutcomeFilter[],
  page: Page,
): Promise<Paged<PolicySetOutcome>> {
  const matching = () => {
    const query = db.selectFrom("policy_set_outcomes").selectAll().where("policy_evaluation_id", "=", evaluationId);
    if (filters.length === 0) return query;
    // The texts are those of `JSON.stringify`, which writes members in the order of the type.
    return query.where((e) =>
      e.or(
        filters.map(({ status, level }) =>
          e("outcomes", "like", `%"level":"${wordOf(level)}","status":"${wordOf(status)}"%`),
        ),
      ),
    );
  };
  const rows = await matching().orderBy("position").orderBy("id").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await db
    .selectFrom(matching().as("m"))
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toOutcome), total: Number(total) };
}

/** Any word where none is asked for. Never more than letters: what is asked for is part of a pattern. */
function wordOf(text: string | undefined): string {
  if (text === undefined) return "%";
  return /^[a-z]{1,20}$/.test(text) ? text : "-";
}
