import type { AuditHook } from "../wire/shared/audited.ts";

/** For tests of what has nothing to do with the audit trail. */
export const noAudit: AuditHook = {
  trail: { begin: () => {}, record: async () => {}, abandon: () => {} },
  limit: { admit: () => true },
  now: Date.now,
  locate: async () => undefined,
};
