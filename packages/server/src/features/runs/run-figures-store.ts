import { sql } from "kysely";
import type { Db } from "../../db/database.ts";

/** How the runs of a workspace went lately. Durations in milliseconds, null when there was none. */
export interface RunFigures {
  /** How many runs this is about. */
  readonly runs: number;
  readonly failures: number;
  /** Runs of which a policy failed. */
  readonly policyFailures: number;
  readonly planMsAverage: number | null;
  readonly applyMsAverage: number | null;
}

// Of a workspace with a long history, what counts is how it is now; and a list of workspaces has to stay quick.
const runsMax = 20;

/** Figures of the last runs of these workspaces, one statement for all. Workspaces without runs are not in it. */
export async function readRunFigures(db: Db, workspaceIds: readonly string[]): Promise<Map<string, RunFigures>> {
  if (workspaceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("workspaces")
    .innerJoin("runs", (join) =>
      join
        .onRef("runs.workspace_id", "=", "workspaces.id")
        .on("runs.number", ">", sql<number>`workspaces.last_run_number - ${sql.lit(runsMax)}`),
    )
    .leftJoin("phases as plan", (join) =>
      join.onRef("plan.run_id", "=", "runs.id").on("plan.kind", "=", "plan").on("plan.status", "=", "finished"),
    )
    .leftJoin("phases as apply", (join) =>
      join.onRef("apply.run_id", "=", "runs.id").on("apply.kind", "=", "apply").on("apply.status", "=", "finished"),
    )
    .where("workspaces.id", "in", workspaceIds)
    .groupBy("workspaces.id")
    .select("workspaces.id")
    .select((e) => [
      e.fn.countAll<number | string>().as("runs"),
      sql<number | string>`sum(case when runs.status = 'errored' then 1 else 0 end)`.as("failures"),
      sql<number | string>`sum(case when exists (
        select 1 from task_stages inner join policy_evaluations on policy_evaluations.task_stage_id = task_stages.id
        where task_stages.run_id = runs.id and policy_evaluations.status in ('failed', 'overridden')) then 1 else 0 end)`.as(
        "policy_failures",
      ),
      sql<number | string | null>`avg(plan.ended_at - plan.started_at)`.as("plan_ms"),
      sql<number | string | null>`avg(apply.ended_at - apply.started_at)`.as("apply_ms"),
    ])
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        runs: Number(row.runs),
        failures: Number(row.failures),
        policyFailures: Number(row.policy_failures),
        planMsAverage: row.plan_ms === null ? null : Math.round(Number(row.plan_ms)),
        applyMsAverage: row.apply_ms === null ? null : Math.round(Number(row.apply_ms)),
      },
    ]),
  );
}
