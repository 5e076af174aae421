import { enqueueJob, type Job } from "../../jobs/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { toRfc3339, type Clock, type Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Event } from "../events/index.ts";
import { appendActs } from "./append-acts.ts";
import { auditTextOrNull, serverActor, type Act, type AuditDetail, type AuditResource } from "./audit-record.ts";
import type { CountedRefusals } from "./refusal-limit.ts";

/** The job that records what the server did by itself; written in the transaction that does it. */
export const recordServerActJob = "record-server-act";

export interface ServerAct {
  readonly organizationId: string | null;
  readonly projectId: string | null;
  /** `noun.verb`. */
  readonly action: string;
  readonly resource: AuditResource | null;
  readonly detail: AuditDetail;
}

/** Has an act that nobody asked for recorded exactly when it happens: the record follows the caller's commit. */
export async function recordServerAct(tx: Tx, act: ServerAct, now: Millis): Promise<void> {
  const payload = toAct(newUlid(), act);
  await enqueueJob(tx, { kind: recordServerActJob, payload, uniqueKey: payload.id }, now);
}

/** Does the job. Repeatable. */
export async function recordServerActOf(deps: { readonly db: Db; readonly now: Clock }, job: Job): Promise<void> {
  await appendActs(deps, [job.payload as Act], { mayBeThere: true });
}

// What only follows from an act is told by the events; these change what is served or run, and nobody asked for them.
const auditedEvents: Readonly<Record<string, (event: Event) => Pick<ServerAct, "action" | "resource" | "detail">>> = {
  "channel.assigned": ({ data }) => ({
    action: "channel.assign",
    resource: { kind: "channel", id: text(data["channelId"]), name: text(data["channel"]) },
    detail: { bucket: text(data["bucket"]), version: text(data["version"]) },
  }),
  "run.pending": ({ data }) => ({
    action: "run.create",
    resource: { kind: "run", id: text(data["runId"]), name: null },
    detail: { message: text(data["message"]) },
  }),
};

/** Records the event when a rule did it: a channel that rolls back, a run that a channel's move started. Repeatable. */
export async function recordEventOfRule(deps: { readonly db: Db; readonly now: Clock }, event: Event): Promise<void> {
  const describe = auditedEvents[event.kind];
  if (describe === undefined || event.actorName !== null) return;
  const { organizationId, projectId } = event;
  await appendActs(deps, [toAct(event.id, { organizationId, projectId, ...describe(event) })], { mayBeThere: true });
}

/** What stands in the installation's trail for refusals that were too many to have a record each. */
export function countedRefusals(counted: CountedRefusals): Act {
  const { clientIp, since, count } = counted;
  return {
    ...toAct(newUlid(), {
      organizationId: null,
      projectId: null,
      action: "audit.count-refusals",
      resource: null,
      detail: { client_ip: clientIp, since: toRfc3339(since), count },
    }),
    outcome: "refused",
    code: "not_recorded_one_by_one",
  };
}

function toAct(id: string, act: ServerAct): Act {
  return { ...act, id, actor: serverActor, outcome: "ok", code: null, status: null, request: null };
}

function text(value: unknown): string | null {
  return auditTextOrNull(typeof value === "string" ? value : null);
}
