// Fills workspaces with runs in bulk: copies of one that was made through the API, whatever columns it has, with its
// phases and its history. Half of them are of the workspace that is given, the others of fifty more.
const perStatement = 40;
const otherWorkspaces = 50;

/** The id of the run with this number among those that were copied, counted from 1. */
export function runId(number) {
  return `run-bench${String(number).padStart(8, "0")}`;
}

/** Adds the runs numbered `from` to `to`, made from the run `like`; the first call makes the other workspaces too. */
export async function seedRuns(db, { like, from, to }) {
  const run = await db.selectFrom("runs").selectAll().where("id", "=", like).executeTakeFirstOrThrow();
  const phases = await db.selectFrom("phases").selectAll().where("run_id", "=", like).execute();
  const events = await db.selectFrom("run_events").selectAll().where("run_id", "=", like).execute();
  if (from === 1) await seedOthers(db, run.workspace_id);
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  await db.transaction().execute(async (tx) => {
    for (let at = 0; at < numbers.length; at += perStatement) {
      const some = numbers.slice(at, at + perStatement);
      const runs = some.map((number) => ({
        ...run,
        id: runId(number),
        workspace_id: number % 2 === 0 ? run.workspace_id : otherId(number % otherWorkspaces),
        number: number + 1_000,
        status: number % 10 === 0 ? "errored" : "applied",
        request_digest: null,
        created_at: run.created_at + number,
      }));
      await tx.insertInto("runs").values(runs).execute();
      const copies = (rows, prefix) =>
        some.flatMap((number) =>
          rows.map((row, i) => ({ ...row, id: `${prefix}${number}-${i}`, run_id: runId(number) })),
        );
      await tx
        .insertInto("phases")
        .values(copies(phases, "phase-").map((phase) => ({ ...phase, job_id: null, status: "finished" })))
        .execute();
      await tx.insertInto("run_events").values(copies(events, "re-")).execute();
    }
  });
}

async function seedOthers(db, like) {
  const template = await db.selectFrom("workspaces").selectAll().where("id", "=", like).executeTakeFirstOrThrow();
  const rows = Array.from({ length: otherWorkspaces }, (_, i) => ({
    ...template,
    id: otherId(i),
    name: `bench-${i}`,
    current_run_id: null,
  }));
  await db.insertInto("workspaces").values(rows).execute();
}

function otherId(index) {
  return `ws-bench${String(index).padStart(8, "0")}`;
}
