import { newUlid } from "../../../platform/ids.ts";
import type { Act } from "../audit-record.ts";
import type { AuditJournal, AuditJournals } from "../audit-journal.ts";

export function anAct(changes: Partial<Act> = {}): Act {
  return {
    id: newUlid(),
    organizationId: "org",
    projectId: null,
    actor: { kind: "user", id: "user-1", name: "ann", tokenId: "at-1", clientId: null },
    action: "thing.change",
    resource: { kind: "thing", id: "thing-1", name: "one" },
    outcome: "ok",
    code: null,
    status: 200,
    request: null,
    detail: {},
    ...changes,
  };
}

/** A journal in memory. */
export function aJournal(): AuditJournals {
  const acts = new Map<string, Act>();
  const own: AuditJournal = {
    begin: (act) => void acts.set(act.id, act),
    finish: (act) => void acts.set(act.id, act),
    remove: (id) => void acts.delete(id),
    list: () => [...acts.values()],
    close: () => {},
  };
  return { own, leftBehind: [] };
}
