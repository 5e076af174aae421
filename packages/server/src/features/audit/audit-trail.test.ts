import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Db } from "../../db/database.ts";
import { createLogger } from "../../platform/logger.ts";
import { databasesUnderTest, type TestDatabase } from "../../testing/databases.ts";
import { openJournals } from "./audit-journal-store.ts";
import type { AuditJournal, AuditJournals } from "./audit-journal.ts";
import { listRecords, listStoredRecords, readHead, toView } from "./audit-record-store.ts";
import { createAuditTrail } from "./audit-trail.ts";
import { aJournal, anAct } from "./testing/an-act.ts";
import { createTrailVerifier, type Verdict } from "./verify-trail.ts";

const start = Date.UTC(2026, 0, 2);

describe.each(databasesUnderTest())("a trail on $name", (kind) => {
  let database: TestDatabase;
  let clock = start;
  const more: Db[] = [];
  beforeEach(async () => {
    database = await kind.create();
    clock = start;
  });
  afterEach(async () => {
    for (const db of more.splice(0)) await db.destroy();
    await database.close();
  });

  function trailOn(db: Db, journals: AuditJournals = aJournal()) {
    return createAuditTrail({ db, now: () => clock, logger: createLogger("silent"), journals });
  }

  /** Another connection to the same database, as another replica has. SQLite has one server: there it shares the connection. */
  function replica(): Db {
    if (kind.name === "sqlite") return database.db;
    const db = openDatabase({ kind: "postgres", url: database.url, connectionsMax: 2 });
    more.push(db);
    return db;
  }

  async function verify(trail = "org"): Promise<Verdict> {
    const verifier = createTrailVerifier([await readHead(database.db, trail)]);
    for (const row of await listStoredRecords(database.db, trail, 0, 10_000)) verifier.add(toView(row));
    return verifier.end();
  }

  it("stays whole and complete when 16 writers on two replicas write at once", async () => {
    const trails = [trailOn(database.db), trailOn(replica())];
    const written: string[] = [];
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let i = 0; i < 25; i++) {
          // Some acts of each writer are in a trail of their own, so that transactions lock both in either order.
          const act = anAct({ organizationId: (writer + i) % 5 === 0 ? null : "org" });
          await trails[writer % 2]?.record(act);
          written.push(act.id);
        }
      }),
    );
    const verdicts = [await verify("org"), await verify("installation")];
    expect(verdicts).toMatchObject([{ whole: true }, { whole: true }]);
    const records = verdicts.flatMap((verdict) => (verdict.whole ? verdict.trails : []));
    expect(records.map(({ first }) => first)).toEqual([1, 1]);
    expect(records.reduce((sum, trail) => sum + trail.records, 0)).toBe(400);
    const ids = await database.db.selectFrom("audit_records").select("id").execute();
    expect(ids.map(({ id }) => id).sort()).toEqual(written.sort());
  });

  it("has the record before the writer is told, and records many who wait in one transaction", async () => {
    const trail = trailOn(database.db);
    await Promise.all(Array.from({ length: 450 }, () => trail.record(anAct())));
    expect(await readHead(database.db, "org")).toMatchObject({ sequence: 450 });
    expect(await verify()).toMatchObject({ whole: true });
  });

  it("never goes back in time, whatever the clocks of the replicas say", async () => {
    const trail = trailOn(database.db);
    await trail.record(anAct());
    clock = start - 60_000;
    await trail.record(anAct());
    const records = await listRecords(database.db, { trail: "org" }, { order: "oldest", limit: 10 });
    expect(records.map(({ at }) => at)).toEqual(["2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.000Z"]);
  });

  it("refuses every change of what is in it", async () => {
    await trailOn(database.db).record(anAct());
    await expect(database.db.updateTable("audit_records").set({ action: "nothing" }).execute()).rejects.toThrow(
      /only ever added/,
    );
    await expect(database.db.deleteFrom("audit_records").execute()).rejects.toThrow(/only ever added/);
    if (kind.name === "postgres") {
      await expect(sql`truncate audit_records`.execute(database.db)).rejects.toThrow(/only ever added/);
    }
    expect(await verify()).toMatchObject({ whole: true });
  });

  it("that cannot be written refuses the act loudly, keeps it, and has it once it can be written again", async () => {
    const journals = aJournal();
    const trail = trailOn(database.db, journals);
    const act = anAct({ outcome: "unknown" });
    await sql`alter table audit_records rename to elsewhere`.execute(database.db);
    trail.begin(act);
    await expect(trail.record({ ...act, outcome: "ok" })).rejects.toMatchObject({ code: "audit_unavailable" });
    await expect(trail.recover({ afterStart: false })).rejects.toThrow();
    await sql`alter table elsewhere rename to audit_records`.execute(database.db);
    await trail.recover({ afterStart: false });
    const [record] = await listRecords(database.db, { trail: "org" }, { order: "oldest", limit: 10 });
    expect(record).toMatchObject({ id: act.id, outcome: "ok" });
    await trail.recover({ afterStart: false });
    expect(await readHead(database.db, "org")).toMatchObject({ sequence: 1 });
  });

  it("is not ended by a journal on a full disk, which gets what it should have once there is room", async () => {
    const journals = aJournal();
    let isFull = false;
    const checkRoom = (): void => {
      if (isFull) throw new Error("database or disk is full");
    };
    const { own } = journals;
    const full: AuditJournal = {
      ...own,
      finish: (act) => {
        checkRoom();
        own.finish(act);
      },
      remove: (id) => {
        checkRoom();
        own.remove(id);
      },
    };
    const trail = trailOn(database.db, { ...journals, own: full });
    const [done, lost, abandoned] = [anAct(), anAct(), anAct()];
    for (const act of [done, lost, abandoned]) trail.begin({ ...act, outcome: "unknown" });
    isFull = true;
    trail.abandon(abandoned);
    await trail.record(done);
    await sql`alter table audit_records rename to elsewhere`.execute(database.db);
    await expect(trail.record(lost)).rejects.toMatchObject({ code: "audit_unavailable" });
    await sql`alter table elsewhere rename to audit_records`.execute(database.db);
    isFull = false;
    await trail.recover({ afterStart: false });
    const records = await listRecords(database.db, { trail: "org" }, { order: "oldest", limit: 10 });
    expect(records.map(({ id, outcome }) => ({ id, outcome }))).toEqual([
      { id: done.id, outcome: "ok" },
      { id: lost.id, outcome: "ok" },
    ]);
    expect(own.list({ unfinishedToo: true, limit: 10 })).toEqual([]);
  });

  describe("whose server ended without a word", () => {
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), "ingot-journal-"));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    it("has what was under way as unknown, and once what was recorded just before", async () => {
      const before = await openJournals(directory);
      const trail = trailOn(database.db, before);
      const [underWay, recorded] = [anAct({ outcome: "unknown" }), anAct()];
      trail.begin(underWay);
      await trail.record(recorded);
      // As if the process had ended between the commit and the note that it is no longer needed.
      before.own.begin(recorded);
      before.own.close();

      const after = await openJournals(directory);
      await trailOn(database.db, after).recover({ afterStart: true });
      const records = await listRecords(database.db, { trail: "org" }, { order: "oldest", limit: 10 });
      expect(records.map(({ id, outcome, code }) => ({ id, outcome, code }))).toEqual([
        { id: recorded.id, outcome: "ok", code: null },
        { id: underWay.id, outcome: "unknown", code: "server_stopped" },
      ]);
      await trailOn(database.db, after).recover({ afterStart: true });
      expect(await readHead(database.db, "org")).toMatchObject({ sequence: 2 });
      after.own.close();
    });

    it("leaves the journal of another server alone while that one lives", async () => {
      const first = await openJournals(directory);
      first.own.begin(anAct());
      const second = await openJournals(directory);
      expect([second.own.list({ unfinishedToo: true, limit: 10 }), second.leftBehind]).toEqual([[], []]);
      first.own.close();
      second.own.close();
      const third = await openJournals(directory);
      expect(third.leftBehind).toHaveLength(1);
      const left = [third.own, ...third.leftBehind].flatMap((one) => one.list({ unfinishedToo: true, limit: 10 }));
      expect(left).toHaveLength(1);
      for (const one of [third.own, ...third.leftBehind]) one.close();
    });
  });

  it("is read by who, what, which, how and when, page by page", async () => {
    const trail = trailOn(database.db);
    const ben = { kind: "user", id: "user-2", name: "ben", tokenId: null, clientId: null } as const;
    const acts = [
      anAct(),
      anAct({ actor: ben, outcome: "refused", code: "role_too_low" }),
      anAct({ action: "thing.delete", resource: { kind: "thing", id: "thing-2", name: "two" } }),
      anAct({ projectId: "p", actor: ben }),
    ];
    for (const act of acts) {
      await trail.record(act);
      clock += 1000;
    }
    const read = async (filter: object, page: object = {}) =>
      (await listRecords(database.db, { trail: "org", ...filter }, { order: "newest", limit: 10, ...page })).map(
        ({ sequence }) => sequence,
      );
    expect(await read({})).toEqual([4, 3, 2, 1]);
    expect(await read({}, { order: "oldest", limit: 2, after: 1 })).toEqual([2, 3]);
    expect(await read({}, { after: 3 })).toEqual([2, 1]);
    expect(await read({ actorId: "user-2" })).toEqual([4, 2]);
    expect(await read({ actorName: "ann" })).toEqual([3, 1]);
    expect(await read({ action: "thing.delete" })).toEqual([3]);
    expect(await read({ resourceId: "thing-2" })).toEqual([3]);
    expect(await read({ resourceName: "one", outcome: "refused" })).toEqual([2]);
    expect(await read({ projectId: "p" })).toEqual([4]);
    expect(await read({ since: start + 1000, until: start + 3000 })).toEqual([3, 2]);
    expect(await read({ since: start + 9000 })).toEqual([]);
    expect(await read({ until: start })).toEqual([]);
    expect(await read({ trail: "installation" })).toEqual([]);
  });
});
