import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { TaskResultOutcomes } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { OutcomeTag, TaskResultOutcome } from "./task-result.ts";

function toOutcome(row: Selectable<TaskResultOutcomes>): TaskResultOutcome {
  return {
    id: row.id,
    resultId: row.task_result_id,
    outcomeId: row.outcome_id,
    description: row.description,
    tags: JSON.parse(row.tags) as OutcomeTag[],
    body: row.body,
    url: row.url,
    createdAt: row.created_at,
  };
}

/**
 * Adds outcomes in their order. Those that came before with an outcome id of these give way. The caller has locked the
 * result.
 */
export async function putOutcomes(tx: Tx, resultId: string, outcomes: readonly TaskResultOutcome[]): Promise<void> {
  const ids = outcomes.flatMap(({ outcomeId }) => outcomeId ?? []);
  if (ids.length > 0) {
    await tx
      .deleteFrom("task_result_outcomes")
      .where("task_result_id", "=", resultId)
      .where("outcome_id", "in", ids)
      .execute();
  }
  const last = await tx
    .selectFrom("task_result_outcomes")
    .select((e) => e.fn.max("position").as("position"))
    .where("task_result_id", "=", resultId)
    .executeTakeFirst();
  const first = (last?.position ?? -1) + 1;
  for (const [index, outcome] of outcomes.entries()) {
    await tx
      .insertInto("task_result_outcomes")
      .values({
        id: outcome.id,
        task_result_id: resultId,
        position: first + index,
        outcome_id: outcome.outcomeId,
        description: outcome.description,
        tags: JSON.stringify(outcome.tags),
        body: outcome.body,
        url: outcome.url,
        created_at: outcome.createdAt,
      })
      .execute();
  }
}

export async function countOutcomes(db: Db, resultId: string): Promise<number> {
  const { total } = await db
    .selectFrom("task_result_outcomes")
    .select((e) => e.fn.countAll().as("total"))
    .where("task_result_id", "=", resultId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** How many outcomes each of these results has; those without are left out. */
export async function countOutcomesOf(db: Db, resultIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (resultIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("task_result_outcomes")
    .select(["task_result_id", (e) => e.fn.countAll().as("total")])
    .where("task_result_id", "in", resultIds)
    .groupBy("task_result_id")
    .execute();
  return new Map(rows.map((row) => [row.task_result_id, Number(row.total)]));
}

export async function findOutcome(db: Db, id: string): Promise<TaskResultOutcome | undefined> {
  const row = await db.selectFrom("task_result_outcomes").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toOutcome(row);
}

/** In the order in which they came. Two statements. */
export async function pageOutcomes(db: Db, resultId: string, page: Page): Promise<Paged<TaskResultOutcome>> {
  const rows = await db
    .selectFrom("task_result_outcomes")
    .selectAll()
    .where("task_result_id", "=", resultId)
    .orderBy("position")
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toOutcome), total: await countOutcomes(db, resultId) };
}
