import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import { appendActs } from "./append-acts.ts";
import type { Act } from "./audit-record.ts";
import type { AuditJournal, AuditJournals } from "./audit-journal.ts";

export interface AuditTrailDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly logger: Logger;
  readonly journals: AuditJournals;
}

/** Where acts are recorded. One for each replica. */
export interface AuditTrail {
  /**
   * Notes, before it happens, that something is about to: should the server stop before it knows how that went, the next
   * start records it with the outcome `unknown`. Costs no disk access that anybody waits for.
   */
  begin(act: Act): void;
  /**
   * Resolves when the act is in its trail, committed: only then may the caller be answered. Acts that end at the same time
   * share one transaction. Errors: unavailable/audit_unavailable; an act that was begun is kept and recorded later.
   */
  record(act: Act): Promise<void>;
  /** Takes back that something was begun: it is not going to be recorded. */
  abandon(act: Act): void;
  /** Records what could not be recorded when it happened; with `afterStart`, also what was under way when the server stopped. */
  recover(options: { readonly afterStart: boolean }): Promise<void>;
  /** Waits for what is being recorded, and lets go of the journal. */
  close(): Promise<void>;
}

// Enough for everybody who can wait at the same time, few enough for one statement.
const actsPerTransaction = 200;

interface Waiting {
  readonly act: Act;
  readonly done: () => void;
  readonly failed: (error: DomainError) => void;
}

export function createAuditTrail(deps: AuditTrailDeps): AuditTrail {
  const journal = deps.journals.own;
  let leftBehind = deps.journals.leftBehind;
  const begun = new Set<string>();
  let queue: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let owed: (() => void)[] = [];

  /** A journal on a full disk takes nothing: what it should have is written when the trail is recovered. */
  function writeDown(write: () => void): void {
    try {
      write();
    } catch (error) {
      deps.logger.error({ err: error }, "the journal of the audit trail could not be written");
      owed.push(write);
    }
  }

  async function writeAll(): Promise<void> {
    // What arrives while a transaction is under way makes up the next one.
    while (queue.length > 0) {
      const batch = queue.slice(0, actsPerTransaction);
      queue = queue.slice(actsPerTransaction);
      await writeBatch(batch);
    }
    writing = undefined;
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await appendActs(
        deps,
        batch.map(({ act }) => act),
        { mayBeThere: false },
      );
      for (const { act, done } of batch) {
        if (begun.delete(act.id)) writeDown(() => journal.remove(act.id));
        done();
      }
    } catch (error) {
      deps.logger.error({ err: error, acts: batch.length }, "the audit trail could not be written");
      for (const { act, failed } of batch) {
        if (begun.delete(act.id)) writeDown(() => journal.finish(act));
        failed(unrecorded(error));
      }
    }
  }

  async function recoverFrom(source: AuditJournal, unfinishedToo: boolean): Promise<void> {
    for (;;) {
      const acts = source.list({ unfinishedToo, limit: actsPerTransaction });
      if (acts.length === 0) return;
      await appendActs(deps, acts, { mayBeThere: true });
      for (const act of acts) source.remove(act.id);
      deps.logger.warn({ acts: acts.length }, "recorded acts that the audit trail was missing");
    }
  }

  return {
    begin(act) {
      begun.add(act.id);
      journal.begin(act);
    },
    record: (act) =>
      new Promise<void>((done, failed) => {
        queue.push({ act, done, failed });
        writing ??= writeAll();
      }),
    abandon(act) {
      if (begun.delete(act.id)) writeDown(() => journal.remove(act.id));
    },
    async recover({ afterStart }) {
      const writes = owed;
      owed = [];
      writes.forEach(writeDown);
      await recoverFrom(journal, afterStart);
      for (const other of leftBehind) {
        await recoverFrom(other, true);
        other.close();
      }
      leftBehind = [];
    },
    async close() {
      await writing;
      journal.close();
    },
  };
}

function unrecorded(cause: unknown): DomainError {
  return new DomainError(
    "unavailable",
    "audit_unavailable",
    "The audit trail could not be written, and nothing counts as done without its record. Look whether the change was made before you repeat it.",
    { cause },
  );
}
