import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { afterAttempt, type Attempt, type Delivery } from "./delivery.ts";
import { findDelivery, findEarlierPending, lockDelivery, saveAttempt } from "./delivery-store.ts";
import { enqueueAttempt } from "./queue-delivery.ts";

export interface AttemptDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Makes one attempt. Undefined when the recipient is gone. */
  readonly send: (delivery: Delivery) => Promise<Attempt | undefined>;
}

/**
 * Makes one attempt, and plans the next when it fails. After a crash between the call and its record the receiver gets the
 * message again, under the same id. Messages about one alert reach a receiver in the order in which things happened: one
 * waits until those before it are delivered or given up.
 */
export async function attemptDelivery(deps: AttemptDeps, deliveryId: string): Promise<void> {
  const delivery = await findDelivery(deps.db, deliveryId);
  if (delivery === undefined || !isDue(delivery, deps.now())) return;
  const earlier = await findEarlierPending(deps.db, delivery);
  if (earlier !== undefined) {
    await deps.db.transaction().execute((tx) => waitFor(tx, deliveryId, earlier, deps.now()));
    return;
  }
  const attempt = await deps.send(delivery);
  if (attempt === undefined) return;
  await deps.db.transaction().execute(async (tx) => {
    const current = await lockDelivery(tx, deliveryId);
    // Another replica may have taken this attempt over and recorded it.
    if (current === undefined || current.state !== "pending" || current.attempts !== delivery.attempts) return;
    const after = afterAttempt(current, attempt, deps.now(), deps.random);
    await saveAttempt(tx, after);
    await enqueueAttempt(tx, after, deps.now());
  });
}

function isDue(delivery: Delivery, now: Millis): boolean {
  return delivery.state === "pending" && (delivery.nextAttemptAt ?? now) <= now;
}

async function waitFor(tx: Tx, deliveryId: string, earlier: Delivery, now: Millis): Promise<void> {
  const delivery = await lockDelivery(tx, deliveryId);
  if (delivery === undefined || !isDue(delivery, now)) return;
  const waiting = { ...delivery, nextAttemptAt: Math.max(earlier.nextAttemptAt ?? now, now) + 1000 };
  await saveAttempt(tx, waiting);
  await enqueueAttempt(tx, waiting, now);
}
