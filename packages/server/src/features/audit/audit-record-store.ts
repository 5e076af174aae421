import type { Selectable } from "kysely";
import { sql } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { AuditRecords } from "../../db/schema.gen.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { AuditOutcome, AuditRecord } from "./audit-record.ts";
import { emptyTrail, type AuditRecordView, type TrailHead } from "./chain.ts";

/** A record as it lies in the table: the text that its hash covers, and the columns that it is found by. */
export type StoredRecord = Selectable<AuditRecords>;

export function toView(row: Pick<StoredRecord, "record" | "hash">): AuditRecordView {
  return { ...(JSON.parse(row.record) as Omit<AuditRecordView, "hash">), hash: row.hash };
}

/** Whether the columns say what the record says. */
export function columnsAgree(row: StoredRecord, view: AuditRecordView): boolean {
  return (
    row.trail === view.trail &&
    row.sequence === view.sequence &&
    row.id === view.id &&
    toRfc3339(row.at) === view.at &&
    row.project_id === view.project_id &&
    row.actor_id === view.actor.id &&
    row.actor_name === view.actor.name &&
    row.action === view.action &&
    row.resource_id === (view.resource?.id ?? null) &&
    row.resource_name === (view.resource?.name ?? null) &&
    row.outcome === view.outcome
  );
}

/** Keeps everybody else from adding to the trail until the transaction ends. Lock several in the order of their names. */
export async function lockTrail(tx: Tx, trail: string): Promise<TrailHead> {
  const query = tx.selectFrom("audit_heads").selectAll().where("trail", "=", trail).$call(forUpdate(tx));
  const head = await query.executeTakeFirst();
  if (head !== undefined) return head;
  // Of two replicas that begin the same trail the second waits here for the first.
  await tx
    .insertInto("audit_heads")
    .values(emptyTrail(trail))
    .onConflict((c) => c.column("trail").doNothing())
    .execute();
  return query.executeTakeFirstOrThrow();
}

/** Adds some hundred records at most behind a locked head, in their order, and moves the head. */
export async function insertRecords(
  tx: Tx,
  head: TrailHead,
  records: readonly { readonly record: AuditRecord; readonly text: string }[],
): Promise<void> {
  await tx
    .insertInto("audit_records")
    .values(
      records.map(({ record, text }) => ({
        trail: record.trail,
        sequence: record.sequence,
        id: record.id,
        at: record.at,
        project_id: record.projectId,
        actor_id: record.actor.id,
        actor_name: record.actor.name,
        action: record.action,
        resource_id: record.resource?.id ?? null,
        resource_name: record.resource?.name ?? null,
        outcome: record.outcome,
        record: text,
        hash: record.hash,
      })),
    )
    .execute();
  await tx
    .updateTable("audit_heads")
    .set({ sequence: head.sequence, hash: head.hash, at: head.at })
    .where("trail", "=", head.trail)
    .execute();
}

/** Which of these acts, some hundred at most, are in a trail already. */
export async function findRecordedIds(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom("audit_records").select("id").where("id", "in", ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** The end of a trail, also of one that has not begun. */
export async function readHead(db: Db, trail: string): Promise<TrailHead> {
  const head = await db.selectFrom("audit_heads").selectAll().where("trail", "=", trail).executeTakeFirst();
  return head ?? emptyTrail(trail);
}

/** Every trail that has a record or a head; reads the whole index. */
export async function listTrails(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("audit_records")
    .select("trail")
    .union(db.selectFrom("audit_heads").select("trail"))
    .orderBy("trail")
    .execute();
  return rows.map(({ trail }) => trail);
}

export interface RecordFilter {
  readonly trail: string;
  readonly since?: Millis;
  /** Excluded. */
  readonly until?: Millis;
  readonly projectId?: string;
  readonly actorId?: string;
  readonly actorName?: string;
  readonly action?: string;
  readonly resourceId?: string;
  readonly resourceName?: string;
  readonly outcome?: AuditOutcome;
}

export interface RecordPage {
  readonly order: "newest" | "oldest";
  /** The number of the last record of the page before. */
  readonly after?: number;
  readonly limit: number;
}

/** One statement. Times never go back within a trail, so a bound in time is a bound in numbers. */
export async function listRecords(db: Db, filter: RecordFilter, page: RecordPage): Promise<AuditRecordView[]> {
  const { trail, since, until } = filter;
  const oldestFirst = page.order === "oldest";
  let query = db.selectFrom("audit_records").select(["record", "hash"]).where("trail", "=", trail);
  const wanted = {
    project_id: filter.projectId,
    actor_id: filter.actorId,
    actor_name: filter.actorName,
    action: filter.action,
    resource_id: filter.resourceId,
    resource_name: filter.resourceName,
    outcome: filter.outcome,
  };
  for (const [column, value] of Object.entries(wanted)) {
    if (value !== undefined) query = query.where(column as keyof typeof wanted, "=", value);
  }
  const firstFrom = (at: Millis) =>
    db
      .selectFrom("audit_records")
      .select("sequence")
      .where("trail", "=", trail)
      .where("at", ">=", at)
      .orderBy("at")
      .orderBy("sequence")
      .limit(1);
  if (since !== undefined) query = query.where("sequence", ">=", firstFrom(since));
  if (until !== undefined) {
    query = query.where((e) => sql<boolean>`${e.ref("sequence")} < coalesce((${firstFrom(until)}), 9007199254740991)`);
  }
  if (page.after !== undefined) query = query.where("sequence", oldestFirst ? ">" : "<", page.after);
  const rows = await query
    .orderBy("sequence", oldestFirst ? "asc" : "desc")
    .limit(page.limit)
    .execute();
  return rows.map(toView);
}

/** One page of what was done between two moments, both excluded, the oldest first; acts of planes that name them `noun.verb` only. */
export async function pageDoneRecords(
  db: Db,
  filter: { readonly trail: string; readonly after: Millis; readonly before: Millis },
  page: Page,
): Promise<Paged<AuditRecordView>> {
  const found = db
    .selectFrom("audit_records")
    .where("trail", "=", filter.trail)
    .where("at", ">", filter.after)
    .where("at", "<", filter.before)
    .where("outcome", "=", "ok")
    .where("action", "like", "%.%");
  const rows = await found
    .select(["record", "hash"])
    .orderBy("sequence")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const counted = await found.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst();
  return { items: rows.map(toView), total: Number(counted?.n ?? 0) };
}

/** Whole rows in their order, for whoever checks or sends them all. */
export async function listStoredRecords(db: Db, trail: string, after: number, limit: number): Promise<StoredRecord[]> {
  return db
    .selectFrom("audit_records")
    .selectAll()
    .where("trail", "=", trail)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}

/** A trail that a stream has not told to its end. */
export interface StreamLag {
  readonly trail: string;
  /** The number of the last record that was told. */
  readonly told: number;
}

/** Trails with records that the stream has not told yet. */
export async function listLaggingTrails(db: Db, stream: string, limit: number): Promise<StreamLag[]> {
  const rows = await db
    .selectFrom("audit_heads")
    .leftJoin("audit_cursors", (join) =>
      join.onRef("audit_cursors.trail", "=", "audit_heads.trail").on("audit_cursors.stream", "=", stream),
    )
    .select(["audit_heads.trail", "audit_cursors.sequence as told"])
    .where((e) => e("audit_heads.sequence", ">", e.fn.coalesce("audit_cursors.sequence", e.lit(0))))
    .orderBy("audit_heads.trail")
    .limit(limit)
    .execute();
  return rows.map(({ trail, told }) => ({ trail, told: told ?? 0 }));
}

/** Notes how far a stream has come. False when somebody else has moved it meanwhile, who then goes on. */
export async function moveCursor(db: Db, stream: string, lag: StreamLag, to: number): Promise<boolean> {
  if (lag.told === 0) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto("audit_cursors")
      .values({ stream, trail: lag.trail, sequence: to })
      .onConflict((c) => c.columns(["stream", "trail"]).doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await db
    .updateTable("audit_cursors")
    .set({ sequence: to })
    .where("stream", "=", stream)
    .where("trail", "=", lag.trail)
    .where("sequence", "=", lag.told)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
