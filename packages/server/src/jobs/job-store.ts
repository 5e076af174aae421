import { sql } from "kysely";
import { isPostgres, type Db, type Tx } from "../db/database.ts";
import type { Jobs } from "../db/schema.gen.ts";
import type { Millis } from "../platform/clock.ts";
import { newUlid } from "../platform/ids.ts";

export interface NewJob {
  readonly kind: string;
  /** Anything JSON; ids rather than copies, since the job may run much later. */
  readonly payload: unknown;
  /** A second job of this kind and key is not made while the first is unfinished or failed. */
  readonly uniqueKey?: string;
  readonly runAt?: Millis;
  readonly attemptsMax?: number;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  /** Counted from 1 while the job runs. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** Grows with every claim: a holder that lost its lease carries an old number and can change nothing. */
  readonly fence: number;
  readonly holder: string | null;
  readonly leaseUntil: Millis | null;
}

/** The proof that a caller still holds a job. */
export interface JobHold {
  readonly id: string;
  readonly fence: number;
}

export interface Claim {
  readonly kinds: readonly string[];
  readonly holder: string;
  readonly leaseMs: number;
  readonly limit: number;
  readonly now: Millis;
  /** Whether a job whose holder fell silent may be taken over: yes for repeatable work, no for a plan or an apply. */
  readonly takeOver: boolean;
  /** Only these jobs; for a holder that has chosen by what the jobs are about. */
  readonly ids?: readonly string[];
}

function toJob(row: Jobs): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload) as unknown,
    attempts: row.attempts,
    attemptsMax: row.attempts_max,
    fence: row.fence,
    holder: row.holder,
    leaseUntil: row.lease_until,
  };
}

/** Writes the job with the caller's transaction: it exists exactly when the change that causes it does. Returns its id. */
export async function enqueueJob(tx: Tx, job: NewJob, now: Millis): Promise<string> {
  const id = newUlid();
  await tx
    .insertInto("jobs")
    .values({
      id,
      kind: job.kind,
      unique_key: job.uniqueKey ?? null,
      payload: JSON.stringify(job.payload),
      state: "ready",
      run_at: job.runAt ?? now,
      attempts: 0,
      attempts_max: job.attemptsMax ?? 10,
      fence: 0,
      holder: null,
      lease_until: null,
      last_error: null,
      created_at: now,
    })
    .onConflict((c) => c.columns(["kind", "unique_key"]).doNothing())
    .execute();
  return id;
}

/** Takes the oldest due jobs. Two callers never get the same one: PostgreSQL skips locked rows, SQLite is serial. */
export async function claimJobs(db: Db, claim: Claim): Promise<Job[]> {
  const due = db
    .selectFrom("jobs")
    .select("id")
    .where("kind", "in", claim.kinds)
    .$if(claim.ids !== undefined, (query) => query.where("id", "in", claim.ids ?? []))
    .where((e) =>
      e.or([
        e.and([e("state", "=", "ready"), e("run_at", "<=", claim.now)]),
        ...(claim.takeOver ? [e.and([e("state", "=", "running"), e("lease_until", "<", claim.now)])] : []),
      ]),
    )
    .orderBy("run_at")
    .orderBy("id")
    .limit(claim.limit);
  const rows = await db
    .updateTable("jobs")
    .set({
      state: "running",
      holder: claim.holder,
      lease_until: claim.now + claim.leaseMs,
      fence: sql<number>`fence + 1`,
      attempts: sql<number>`attempts + 1`,
    })
    .where("id", "in", isPostgres(db) ? due.forUpdate().skipLocked() : due)
    .returningAll()
    .execute();
  return rows.map(toJob);
}

/** False when the lease was lost: the holder must stop at once and report nothing. */
export async function renewLease(db: Db, hold: JobHold, until: Millis): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("jobs")
    .set({ lease_until: until })
    .where("id", "=", hold.id)
    .where("fence", "=", hold.fence)
    .where("state", "=", "running")
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The job when the caller still holds it; locks it until the transaction ends. */
export async function lockHeldJob(tx: Tx, hold: JobHold): Promise<Job | undefined> {
  const query = tx
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", hold.id)
    .where("fence", "=", hold.fence)
    .where("state", "=", "running");
  const row = await (isPostgres(tx) ? query.forUpdate() : query).executeTakeFirst();
  return row === undefined ? undefined : toJob(row);
}

/** Removes the job; false when the lease was lost, and then nothing the caller did may be kept. */
export async function completeJob(tx: Tx, hold: JobHold): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("jobs")
    .where("id", "=", hold.id)
    .where("fence", "=", hold.fence)
    .where("state", "=", "running")
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Gives the job back for another attempt, or keeps it as failed when `retryAt` is null. */
export async function failJob(db: Db, hold: JobHold, error: string, retryAt: Millis | null): Promise<void> {
  await db
    .updateTable("jobs")
    .set({
      state: retryAt === null ? "failed" : "ready",
      last_error: error.slice(0, 2000),
      lease_until: null,
      ...(retryAt === null ? {} : { run_at: retryAt }),
    })
    .where("id", "=", hold.id)
    .where("fence", "=", hold.fence)
    .execute();
}

/** Jobs of these kinds whose holder fell silent, oldest first, at most 100. */
export async function listLostJobs(db: Db, kinds: readonly string[], now: Millis): Promise<Job[]> {
  const rows = await db
    .selectFrom("jobs")
    .selectAll()
    .where("state", "=", "running")
    .where("lease_until", "<", now)
    .where("kind", "in", kinds)
    .orderBy("lease_until")
    .limit(100)
    .execute();
  return rows.map(toJob);
}

/** Removes a job nobody has claimed yet. False when somebody has, or it is gone. */
export async function withdrawJob(tx: Tx, kind: string, uniqueKey: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("jobs")
    .where("kind", "=", kind)
    .where("unique_key", "=", uniqueKey)
    .where("state", "=", "ready")
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
