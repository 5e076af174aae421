import { enqueueJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { afterAttempt, type Attempt, type Delivery } from "./delivery.ts";
import { findDelivery, findEarlierPending, lockDelivery, saveAttempt } from "./delivery-store.ts";
import { findConfiguration } from "./notification-configuration-store.ts";
import { deliverNotificationJob, type DeliverNotification } from "./notify-event.ts";
import { sendMessage, type SendDeps } from "./send-message.ts";

export interface DeliverDeps extends SendDeps {
  readonly sealer: Sealer;
  readonly now: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
}

const disabled: Attempt = {
  delivered: false,
  responseStatus: null,
  responseHeaders: null,
  responseBody: null,
  error: "The notification configuration was disabled before this was delivered.",
  worthRetrying: false,
};

/**
 * Makes one attempt, and plans the next when it fails. After a crash between the call and its record the receiver gets the
 * message again, under the same id. Messages about one alert reach a receiver in the order in which things happened: one
 * waits until those before it are delivered or given up.
 */
export async function deliverNotification(deps: DeliverDeps, deliveryId: string): Promise<void> {
  const delivery = await findDelivery(deps.db, deliveryId);
  if (delivery === undefined || !isDue(delivery, deps.now())) return;
  const configuration = await findConfiguration(deps.db, deps.sealer, delivery.configurationId);
  if (configuration === undefined) return;
  const earlier = await findEarlierPending(deps.db, delivery);
  if (earlier !== undefined) {
    await deps.db.transaction().execute((tx) => waitFor(tx, deliveryId, earlier, deps.now()));
    return;
  }
  const attempt = configuration.enabled
    ? await sendMessage(deps, configuration, delivery.message, delivery.id)
    : disabled;
  await deps.db.transaction().execute(async (tx) => {
    const current = await lockDelivery(tx, deliveryId);
    // Another replica may have taken this attempt over and recorded it.
    if (current === undefined || current.state !== "pending" || current.attempts !== delivery.attempts) return;
    const after = afterAttempt(current, attempt, deps.now(), deps.random);
    await saveAttempt(tx, after);
    await enqueueNext(tx, after, deps.now());
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
  await enqueueNext(tx, waiting, now);
}

/** The key differs from that of the job that is running: a job of the same key would not be made. */
async function enqueueNext(tx: Tx, delivery: Delivery, now: Millis): Promise<void> {
  if (delivery.nextAttemptAt === null) return;
  const payload: DeliverNotification = { deliveryId: delivery.id };
  const uniqueKey = `${delivery.id}:${delivery.nextAttemptAt}`;
  await enqueueJob(tx, { kind: deliverNotificationJob, payload, uniqueKey, runAt: delivery.nextAttemptAt }, now);
}
