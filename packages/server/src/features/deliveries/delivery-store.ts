import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Deliveries } from "../../db/schema.gen.ts";
import { keyset } from "../../db/keyset.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Delivery, DeliveryState } from "./delivery.ts";
import { recipientColumns, type Recipient } from "./recipient.ts";

function toDelivery(row: Selectable<Deliveries>): Delivery {
  return {
    id: row.id,
    recipient: toRecipient(row),
    alertId: row.alert_id,
    trigger: row.trigger,
    message: JSON.parse(row.message) as unknown,
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

function toRecipient(row: Selectable<Deliveries>): Recipient {
  return row.configuration_id === null
    ? { kind: "webhook", id: row.webhook_id ?? "" }
    : { kind: "configuration", id: row.configuration_id };
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

/** False when the event has been told to this recipient before. `eventId` null: somebody asked. */
export async function insertDelivery(tx: Tx, delivery: Delivery, eventId: string | null): Promise<boolean> {
  const recipient = recipientColumns[delivery.recipient.kind];
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("deliveries")
    .values({
      id: delivery.id,
      configuration_id: null,
      webhook_id: null,
      [recipient]: delivery.recipient.id,
      event_id: eventId,
      alert_id: delivery.alertId,
      trigger: delivery.trigger,
      message: JSON.stringify(delivery.message),
      target: delivery.target,
      created_at: delivery.createdAt,
      ...toColumns(delivery),
    })
    .onConflict((c) => c.columns([recipient, "event_id", "trigger"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findDelivery(db: Db, id: string): Promise<Delivery | undefined> {
  const row = await db.selectFrom("deliveries").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toDelivery(row);
}

/** Locks the delivery until the transaction ends. */
export async function lockDelivery(tx: Tx, id: string): Promise<Delivery | undefined> {
  const row = await tx
    .selectFrom("deliveries")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toDelivery(row);
}

export async function saveAttempt(tx: Tx, delivery: Delivery): Promise<void> {
  await tx.updateTable("deliveries").set(toColumns(delivery)).where("id", "=", delivery.id).execute();
}

/** An older message about the same alert to the same recipient that is still to be delivered. */
export async function findEarlierPending(db: Db, delivery: Delivery): Promise<Delivery | undefined> {
  if (delivery.alertId === null) return undefined;
  const row = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("alert_id", "=", delivery.alertId)
    .where(recipientColumns[delivery.recipient.kind], "=", delivery.recipient.id)
    .where("state", "=", "pending")
    .where("id", "<", delivery.id)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row && toDelivery(row);
}

export interface DeliveryFilter {
  readonly recipient?: Recipient;
  readonly alertId?: string;
  /** The id of the last delivery of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listDeliveries(db: Db, filter: DeliveryFilter): Promise<Delivery[]> {
  const { recipient, alertId, after } = filter;
  let query = db.selectFrom("deliveries").selectAll();
  if (recipient !== undefined) query = query.where(recipientColumns[recipient.kind], "=", recipient.id);
  if (alertId !== undefined) query = query.where("alert_id", "=", alertId);
  if (after !== undefined) query = query.where("id", "<", after);
  return (await query.orderBy("id", "desc").limit(filter.limit).execute()).map(toDelivery);
}

/** One page of what a recipient was sent, in the order of the ids, which is that of time. */
export async function pageDeliveries(
  db: Db,
  list: { readonly recipient: Recipient; readonly page: KeysetPage; readonly descending: boolean },
): Promise<KeysetItems<Delivery>> {
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .where(recipientColumns[list.recipient.kind], "=", list.recipient.id)
    .$call(keyset({ column: "id", id: "id", descending: list.descending }, list.page))
    .execute();
  return cutPage(rows.map(toDelivery), list.page, (delivery) => [delivery.id, delivery.id]);
}

/** The newest delivery of each of these recipients that has been tried, by the recipient's id. */
export async function listLastAttempts(
  db: Db,
  kind: Recipient["kind"],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Delivery>> {
  if (ids.length === 0) return new Map();
  const column = recipientColumns[kind];
  const rows = await db
    .selectFrom("deliveries as d")
    .selectAll("d")
    .where("d.id", "in", (e) =>
      e
        .selectFrom("deliveries as last")
        .select((s) => s.fn.max("last.id").as("id"))
        .where(`last.${column}`, "in", ids)
        .where("last.attempts", ">", 0)
        .groupBy(`last.${column}`),
    )
    .execute();
  return new Map(rows.map((row) => [row[column] ?? "", toDelivery(row)]));
}

export async function deleteDeliveriesBefore(db: Db, before: Millis): Promise<void> {
  await db.deleteFrom("deliveries").where("created_at", "<", before).where("state", "!=", "pending").execute();
}
