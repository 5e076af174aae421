import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { NotificationDeliveries } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Delivery, DeliveryState } from "./delivery.ts";
import type { Message } from "./message.ts";

function toDelivery(row: Selectable<NotificationDeliveries>): Delivery {
  return {
    id: row.id,
    configurationId: row.configuration_id,
    alertId: row.alert_id,
    trigger: row.trigger,
    message: JSON.parse(row.message) as Message,
    target: row.target,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    createdAt: row.created_at,
    lastAttemptAt: row.last_attempt_at,
    nextAttemptAt: row.next_attempt_at,
    responseStatus: row.response_status,
    responseHeaders:
      row.response_headers === null ? null : (JSON.parse(row.response_headers) as Delivery["responseHeaders"]),
    responseBody: row.response_body,
    error: row.error,
  };
}

/** What changes with an attempt. */
function toColumns(delivery: Delivery) {
  return {
    state: delivery.state,
    attempts: delivery.attempts,
    last_attempt_at: delivery.lastAttemptAt,
    next_attempt_at: delivery.nextAttemptAt,
    response_status: delivery.responseStatus,
    response_headers: delivery.responseHeaders === null ? null : JSON.stringify(delivery.responseHeaders),
    response_body: delivery.responseBody,
    error: delivery.error,
  };
}

/** False when the event has been told to this configuration before. `eventId` null: somebody asked. */
export async function insertDelivery(tx: Tx, delivery: Delivery, eventId: string | null): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("notification_deliveries")
    .values({
      id: delivery.id,
      configuration_id: delivery.configurationId,
      event_id: eventId,
      alert_id: delivery.alertId,
      trigger: delivery.trigger,
      message: JSON.stringify(delivery.message),
      target: delivery.target,
      created_at: delivery.createdAt,
      ...toColumns(delivery),
    })
    .onConflict((c) => c.columns(["configuration_id", "event_id", "trigger"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findDelivery(db: Db, id: string): Promise<Delivery | undefined> {
  const row = await db.selectFrom("notification_deliveries").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toDelivery(row);
}

/** Locks the delivery until the transaction ends. */
export async function lockDelivery(tx: Tx, id: string): Promise<Delivery | undefined> {
  const row = await tx
    .selectFrom("notification_deliveries")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toDelivery(row);
}

export async function saveAttempt(tx: Tx, delivery: Delivery): Promise<void> {
  await tx.updateTable("notification_deliveries").set(toColumns(delivery)).where("id", "=", delivery.id).execute();
}

/** An older message about the same alert to the same configuration that is still to be delivered. */
export async function findEarlierPending(db: Db, delivery: Delivery): Promise<Delivery | undefined> {
  if (delivery.alertId === null) return undefined;
  const row = await db
    .selectFrom("notification_deliveries")
    .selectAll()
    .where("alert_id", "=", delivery.alertId)
    .where("configuration_id", "=", delivery.configurationId)
    .where("state", "=", "pending")
    .where("id", "<", delivery.id)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row && toDelivery(row);
}

export interface DeliveryFilter {
  readonly configurationId?: string;
  readonly alertId?: string;
  /** The id of the last delivery of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listDeliveries(db: Db, filter: DeliveryFilter): Promise<Delivery[]> {
  let query = db.selectFrom("notification_deliveries").selectAll();
  if (filter.configurationId !== undefined) query = query.where("configuration_id", "=", filter.configurationId);
  if (filter.alertId !== undefined) query = query.where("alert_id", "=", filter.alertId);
  if (filter.after !== undefined) query = query.where("id", "<", filter.after);
  return (await query.orderBy("id", "desc").limit(filter.limit).execute()).map(toDelivery);
}

/** The newest delivery of each configuration that has been tried. */
export async function listLastAttempts(
  db: Db,
  configurationIds: readonly string[],
): Promise<ReadonlyMap<string, Delivery>> {
  if (configurationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("notification_deliveries as d")
    .selectAll("d")
    .where("d.id", "in", (e) =>
      e
        .selectFrom("notification_deliveries as last")
        .select((s) => s.fn.max("last.id").as("id"))
        .where("last.configuration_id", "in", configurationIds)
        .where("last.attempts", ">", 0)
        .groupBy("last.configuration_id"),
    )
    .execute();
  return new Map(rows.map((row) => [row.configuration_id, toDelivery(row)]));
}

export async function deleteDeliveriesBefore(db: Db, before: Millis): Promise<void> {
  await db
    .deleteFrom("notification_deliveries")
    .where("created_at", "<", before)
    .where("state", "!=", "pending")
    .execute();
}
