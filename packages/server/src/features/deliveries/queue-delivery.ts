import type { Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Delivery } from "./delivery.ts";
import { insertDelivery } from "./delivery-store.ts";

/** The job of one attempt to deliver. */
export const deliverJob = "deliver";

export interface Deliver {
  readonly deliveryId: string;
}

/**
 * Writes a delivery with its job. False, and nothing is written, when the recipient has been told of this event for this
 * trigger before. The caller wakes the job worker after the commit.
 */
export async function queueDelivery(tx: Tx, delivery: Delivery, eventId: string, now: Millis): Promise<boolean> {
  if (!(await insertDelivery(tx, delivery, eventId))) return false;
  await enqueueAttempt(tx, delivery, now);
  return true;
}

/** The key differs from that of the job that is running: a job of the same key would not be made. */
export async function enqueueAttempt(tx: Tx, delivery: Delivery, now: Millis): Promise<void> {
  if (delivery.nextAttemptAt === null) return;
  const payload: Deliver = { deliveryId: delivery.id };
  const uniqueKey = `${delivery.id}:${delivery.nextAttemptAt}`;
  await enqueueJob(tx, { kind: deliverJob, payload, uniqueKey, runAt: delivery.nextAttemptAt }, now);
}
