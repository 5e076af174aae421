import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { keyset, sortedColumns } from "../../db/keyset.ts";
import type { Webhooks } from "../../db/schema.gen.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Subscription, Webhook } from "./webhook.ts";

export interface WebhookSorting {
  readonly field: "name" | "created_at" | "updated_at";
  readonly descending: boolean;
}

function contextOf(id: string, what: "url" | "key"): string {
  return `webhook-${what}:${id}`;
}

function toWebhook(sealer: Sealer, row: Selectable<Webhooks>): Webhook {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    enabled: row.enabled === 1,
    url: openText(sealer, row.sealed_url, contextOf(row.id, "url")),
    hmacKey: row.sealed_hmac_key === null ? null : openText(sealer, row.sealed_hmac_key, contextOf(row.id, "key")),
    subscriptions: JSON.parse(row.subscriptions) as Subscription[],
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(sealer: Sealer, webhook: Webhook) {
  const { id, hmacKey } = webhook;
  return {
    name: webhook.name,
    description: webhook.description,
    enabled: webhook.enabled ? 1 : 0,
    sealed_url: sealText(sealer, webhook.url, contextOf(id, "url")),
    sealed_hmac_key: hmacKey === null ? null : sealText(sealer, hmacKey, contextOf(id, "key")),
    subscriptions: JSON.stringify(webhook.subscriptions),
    revision: webhook.revision,
    updated_at: webhook.updatedAt,
  };
}

/** False when the project has a webhook of this name already. */
export async function insertWebhook(tx: Tx, sealer: Sealer, webhook: Webhook): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("webhooks")
    .values({
      id: webhook.id,
      project_id: webhook.projectId,
      created_at: webhook.createdAt,
      ...toColumns(sealer, webhook),
    })
    .onConflict((c) => c.columns(["project_id", "name"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when somebody else has changed it since `webhook.revision - 1`. */
export async function updateWebhookRow(tx: Tx, sealer: Sealer, webhook: Webhook): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("webhooks")
    .set(toColumns(sealer, webhook))
    .where("id", "=", webhook.id)
    .where("revision", "=", webhook.revision - 1)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function deleteWebhookRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("webhooks").where("id", "=", id).execute();
}

export async function findWebhook(db: Db, sealer: Sealer, id: string): Promise<Webhook | undefined> {
  const row = await db.selectFrom("webhooks").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toWebhook(sealer, row);
}

export async function findNamedWebhook(
  db: Db,
  sealer: Sealer,
  key: { readonly projectId: string; readonly name: string },
): Promise<Webhook | undefined> {
  const row = await db
    .selectFrom("webhooks")
    .selectAll()
    .where("project_id", "=", key.projectId)
    .where("name", "=", key.name)
    .executeTakeFirst();
  return row && toWebhook(sealer, row);
}

export async function countWebhooks(db: Db, projectId: string): Promise<number> {
  const { total } = await db
    .selectFrom("webhooks")
    .select((e) => e.fn.countAll().as("total"))
    .where("project_id", "=", projectId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

export async function listWebhookRows(
  db: Db,
  sealer: Sealer,
  list: {
    readonly projectId: string;
    readonly page: KeysetPage;
    readonly sorting: readonly WebhookSorting[];
  },
): Promise<KeysetItems<Webhook>> {
  const rows = await db
    .selectFrom("webhooks")
    .selectAll()
    .where("project_id", "=", list.projectId)
    .$call(keyset({ by: sortedColumns("webhooks", list.sorting), id: "webhooks.id" }, list.page))
    .execute();
  const cut = cutPage(rows, list.page, (row) => {
    const [first = row.name, ...others] = list.sorting.map(({ field }) => row[field]);
    return [first, ...others, row.id];
  });
  return { ...cut, items: cut.items.map((row) => toWebhook(sealer, row)) };
}

/** Those that are enabled. Whether one asks for an event is the caller's question. */
export async function listEnabledWebhooks(db: Db, sealer: Sealer, projectId: string): Promise<Webhook[]> {
  const rows = await db
    .selectFrom("webhooks")
    .selectAll()
    .where("project_id", "=", projectId)
    .where("enabled", "=", 1)
    .orderBy("id")
    .execute();
  return rows.map((row) => toWebhook(sealer, row));
}
