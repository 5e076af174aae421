import type { Act } from "./audit-record.ts";

/** What this replica has begun and not yet seen recorded. Outlives the process. */
export interface AuditJournal {
  begin(act: Act): void;
  /** It is known how the act went, and it still has to be recorded. */
  finish(act: Act): void;
  remove(id: string): void;
  /** The oldest first. What has no known outcome comes with `unknown`, and only when asked for. */
  list(options: { readonly unfinishedToo: boolean; readonly limit: number }): Act[];
  close(): void;
}

export interface AuditJournals {
  readonly own: AuditJournal;
  /** Of servers that ended before they had recorded everything. */
  readonly leftBehind: readonly AuditJournal[];
}

/** An act whose server stopped before it knew. */
export function ofUnknownOutcome(act: Act): Act {
  return { ...act, outcome: "unknown", code: "server_stopped", status: null };
}
