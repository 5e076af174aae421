export { appendActs } from "./append-acts.ts";
export {
  auditOutcomes,
  auditText,
  auditTextOrNull,
  installationTrail,
  serverActor,
  type Act,
  type AuditActor,
  type AuditDetail,
  type AuditOutcome,
  type AuditResource,
} from "./audit-record.ts";
export { openJournals } from "./audit-journal-store.ts";
export type { AuditJournal, AuditJournals } from "./audit-journal.ts";
export { listRecords, pageDoneRecords, readHead, type RecordFilter, type RecordPage } from "./audit-record-store.ts";
export { createAuditTrail, type AuditTrail } from "./audit-trail.ts";
export type { AuditRecordView, TrailHead } from "./chain.ts";
export { createRefusalLimit, type RefusalLimit } from "./refusal-limit.ts";
export {
  countedRefusals,
  recordEventOfRule,
  recordServerAct,
  recordServerActJob,
  recordServerActOf,
  type ServerAct,
} from "./server-acts.ts";
export { createFileSink, createWebhookSink } from "./record-sinks.ts";
export { isBehind, streamRecords, type RecordSink } from "./stream-records.ts";
export { verifyTrailsIn } from "./verify-database.ts";
export { createTrailVerifier, type KnownHead, type TrailVerifier, type Verdict } from "./verify-trail.ts";
