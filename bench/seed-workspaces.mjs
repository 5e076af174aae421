// Fills an organization with workspaces in bulk: copies of one that was made through the API, whatever columns it has.
const perStatement = 50;

/** Adds `count` copies of the workspace `like`, named `idle-1` and so on. */
export async function seedWorkspaces(db, { like, count }) {
  const template = await db.selectFrom("workspaces").selectAll().where("id", "=", like).executeTakeFirstOrThrow();
  await db.transaction().execute(async (tx) => {
    for (let from = 1; from <= count; from += perStatement) {
      const rows = Array.from({ length: Math.min(perStatement, count - from + 1) }, (_, i) => ({
        ...template,
        id: `ws-idle${String(from + i).padStart(8, "0")}`,
        name: `idle-${from + i}`,
      }));
      await tx.insertInto("workspaces").values(rows).execute();
    }
  });
}
