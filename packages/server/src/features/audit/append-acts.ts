import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Act, AuditRecord } from "./audit-record.ts";
import { findRecordedIds, insertRecords, lockTrail } from "./audit-record-store.ts";
import { chainAct, trailOf } from "./chain.ts";

/**
 * Adds acts to their trails in one transaction, in the order given. With `mayBeThere`, acts that are in a trail already are
 * left out: for what may have been recorded just before a crash.
 */
export async function appendActs(
  deps: { readonly db: Db; readonly now: Clock },
  acts: readonly Act[],
  options: { readonly mayBeThere: boolean },
): Promise<void> {
  const trails = new Map<string, Act[]>();
  for (const act of acts) trails.set(trailOf(act), [...(trails.get(trailOf(act)) ?? []), act]);
  await deps.db.transaction().execute(async (tx) => {
    // Always in the same order: two replicas that need both trails must not wait for each other.
    for (const trail of [...trails.keys()].sort()) {
      let head = await lockTrail(tx, trail);
      let wanted = trails.get(trail) ?? [];
      if (options.mayBeThere) {
        const there = await findRecordedIds(
          tx,
          wanted.map((act) => act.id),
        );
        wanted = wanted.filter((act) => !there.has(act.id));
      }
      const chained: { record: AuditRecord; text: string }[] = [];
      for (const act of wanted) {
        const next = chainAct(head, act, deps.now());
        chained.push(next);
        head = next.record;
      }
      if (chained.length > 0) await insertRecords(tx, head, chained);
    }
  });
}
