import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../platform/logger.ts";
import { databasesUnderTest, type TestDatabase } from "../testing/index.ts";
import {
  claimJobs,
  completeJob,
  createJobWorker,
  enqueueJob,
  failJob,
  listLostJobs,
  lockHeldJob,
  renewLease,
  withdrawJob,
  type Claim,
  type NewJob,
} from "./index.ts";

describe.each(databasesUnderTest())("jobs on $name", (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await kind.create();
  });
  afterEach(() => database.close());

  const enqueue = (job: Partial<NewJob> = {}, now = 1000) =>
    database.db.transaction().execute((tx) => enqueueJob(tx, { kind: "work", payload: { n: 1 }, ...job }, now));
  const claim = (change: Partial<Claim> = {}) =>
    claimJobs(database.db, {
      kinds: ["work"],
      holder: "a",
      leaseMs: 100,
      limit: 1,
      now: 1000,
      takeOver: true,
      ...change,
    });
  const complete = (hold: { id: string; fence: number }) =>
    database.db.transaction().execute((tx) => completeJob(tx, hold));

  it("hands each job to one of many claimers", async () => {
    for (let i = 0; i < 20; i++) await enqueue({ payload: { i } });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim({ limit: 4 })));
    const ids = claims.flat().map((job) => job.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(20);
  });

  it("exists only when the transaction that causes it is committed", async () => {
    await expect(
      database.db.transaction().execute(async (tx) => {
        await enqueueJob(tx, { kind: "work", payload: {} }, 1000);
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    expect(await claim()).toEqual([]);
  });

  it("makes one job of two with the same unique key", async () => {
    await enqueue({ uniqueKey: "k" });
    await enqueue({ uniqueKey: "k" });
    expect(await claim({ limit: 10 })).toHaveLength(1);
  });

  it("is not due before its time", async () => {
    await enqueue({ runAt: 2000 });
    expect(await claim({ now: 1999 })).toEqual([]);
    expect(await claim({ now: 2000 })).toHaveLength(1);
  });

  it("refuses everything from a holder whose lease was taken over", async () => {
    await enqueue();
    const [first] = await claim({ now: 1000 });
    const [second] = await claim({ now: 1101, holder: "b" });
    if (first === undefined || second === undefined) throw new Error("both claims find the job");
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await renewLease(database.db, first, 5000)).toBe(false);
    expect(await complete(first)).toBe(false);
    expect(await database.db.transaction().execute((tx) => lockHeldJob(tx, first))).toBeUndefined();
    await failJob(database.db, first, "late", null);
    expect(await complete(second)).toBe(true);
    expect(await complete(second)).toBe(false);
  });

  it("is never taken over when the claimer may not, and is listed as lost instead", async () => {
    await enqueue();
    const [job] = await claim({ now: 1000, takeOver: false });
    expect(await claim({ now: 9000, takeOver: false })).toEqual([]);
    expect(await listLostJobs(database.db, ["work"], 1100)).toEqual([]);
    expect((await listLostJobs(database.db, ["work"], 1101)).map((lost) => lost.id)).toEqual([job?.id]);
  });

  it("can be withdrawn until somebody has claimed it", async () => {
    await enqueue({ uniqueKey: "k" });
    const withdraw = () => database.db.transaction().execute((tx) => withdrawJob(tx, "work", "k"));
    expect(await withdraw()).toBe(true);
    await enqueue({ uniqueKey: "k" });
    await claim();
    expect(await withdraw()).toBe(false);
  });

  it("is tried again later when its handler fails, and kept as failed after the last attempt", async () => {
    let now = 1000;
    let attempts = 0;
    const worker = createJobWorker({
      db: database.db,
      now: () => now,
      logger: createLogger("silent"),
      holder: "w",
      handlers: {
        work: async () => {
          attempts++;
          throw new Error("no luck");
        },
      },
    });
    await enqueue({ attemptsMax: 2 });
    await worker.drain();
    expect(attempts).toBe(1);
    now += 60_000;
    await worker.drain();
    now += 600_000;
    await worker.drain();
    expect(attempts).toBe(2);
    const row = await database.db.selectFrom("jobs").select(["state", "last_error"]).executeTakeFirst();
    expect(row).toEqual({ state: "failed", last_error: "no luck" });
  });
});
