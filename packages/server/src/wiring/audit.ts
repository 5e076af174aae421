import { hostname } from "node:os";
import { resolve } from "node:path";
import { findAssessmentByJob } from "../features/assessments/index.ts";
import {
  createAuditTrail,
  countedRefusals,
  createFileSink,
  createWebhookSink,
  isBehind,
  streamRecords,
  createRefusalLimit,
  recordEventOfRule,
  recordServerActJob,
  recordServerActOf,
} from "../features/audit/index.ts";
import { findConfigurationVersion } from "../features/config-versions/index.ts";
import type { Event } from "../features/events/index.ts";
import { findPhaseByJob, findRun } from "../features/runs/index.ts";
import { findStateVersion } from "../features/state-versions/index.ts";
import { findWorkspace } from "../features/workspaces/index.ts";
import { enqueueJob } from "../jobs/index.ts";
import type { Db } from "../db/database.ts";
import type { AuditHook, AuditPlace } from "../wire/shared/audited.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface AuditParts extends Parts {
  readonly waitingJobHandlers: NonNullable<Parts["waitingJobHandlers"]>;
  readonly hook: AuditHook;
  /** Before the server answers anybody: records what an earlier one left unrecorded. */
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** What follows from an event: what a rule did is recorded. */
  readonly react: (event: Event) => Promise<void>;
}

const webhookJob = "stream-audit-webhook";
// A receiver may be away for days: the trail waits for it, and is told from where it stopped.
const attemptsWithoutEnd = 1_000_000_000;

/** The trail as others get it: a file of this replica, and one webhook for all replicas. */
function wireStreams(foundation: Foundation): Pick<AuditParts, "waitingJobHandlers" | "sweeps"> {
  const { db, now, config, outbound, wakeJobs } = foundation;
  const { "audit-file": file, "audit-webhook-url": url, "audit-webhook-token": token } = config;
  const path = file === undefined ? undefined : resolve(file);
  const toFile = path === undefined ? undefined : createFileSink(path);
  const toWebhook = url === undefined ? undefined : createWebhookSink({ outbound, url, token });
  const stream = url === undefined ? "" : `webhook:${url}`;
  return {
    waitingJobHandlers: toWebhook === undefined ? {} : { [webhookJob]: () => streamRecords(db, stream, toWebhook) },
    sweeps: [
      ...(toFile === undefined
        ? []
        : [
            {
              name: "audit file",
              everyMs: 1000,
              run: () => streamRecords(db, `file:${hostname()}:${path}`, toFile),
            },
          ]),
      ...(toWebhook === undefined
        ? []
        : [
            {
              name: "audit webhook",
              everyMs: 2000,
              run: async () => {
                // One at a time, whichever replica has it: records arrive in their order.
                const job = { kind: webhookJob, payload: {}, uniqueKey: stream, attemptsMax: attemptsWithoutEnd };
                if (!(await isBehind(db, stream))) return;
                await db.transaction().execute((tx) => enqueueJob(tx, job, now()));
                wakeJobs();
              },
            },
          ]),
    ],
  };
}

/** Who did what, or was refused. */
export function wireAudit(foundation: Foundation): AuditParts {
  const { db, now, logger } = foundation;
  const trail = createAuditTrail({ db, now, logger, journals: foundation.auditJournals });
  const streams = wireStreams(foundation);
  const limit = createRefusalLimit();
  const recordCounts = async (all: boolean): Promise<void> => {
    for (const counted of limit.takeCounts(now(), { all })) await trail.record(countedRefusals(counted));
  };
  return {
    planes: [],
    jobHandlers: { [recordServerActJob]: (job) => recordServerActOf({ db, now }, job) },
    waitingJobHandlers: streams.waitingJobHandlers,
    sweeps: [
      ...streams.sweeps,
      { name: "unrecorded acts", everyMs: 5000, run: () => trail.recover({ afterStart: false }) },
      { name: "counted refusals", everyMs: 10_000, run: () => recordCounts(false) },
    ],
    hook: { trail, limit, now, locate: (ids) => locate(db, ids) },
    start: () => trail.recover({ afterStart: true }),
    async close() {
      await recordCounts(true).catch((error: unknown) =>
        logger.error({ err: error }, "refusals that were only counted are not in the audit trail"),
      );
      await trail.close();
    },
    react: (event) => recordEventOfRule({ db, now }, event),
  };
}

/** Where the first of these ids that is one of the Terraform plane, or of a job of its runners, lives. */
async function locate(db: Db, ids: readonly string[]): Promise<AuditPlace | undefined> {
  for (const id of ids) {
    const place = await finders.find(({ shape }) => shape.test(id))?.find(db, id);
    if (place !== undefined) return place;
  }
  return undefined;
}

const workspaceOf = async (db: Db, thing: { readonly workspaceId: string } | undefined) =>
  thing && findWorkspace(db, thing.workspaceId);

const finders: readonly {
  readonly shape: RegExp;
  readonly find: (db: Db, id: string) => Promise<AuditPlace | undefined>;
}[] = [
  { shape: /^ws-\w{16}$/, find: findWorkspace },
  { shape: /^run-\w{16}$/, find: findRun },
  { shape: /^sv-\w{16}$/, find: async (db, id) => workspaceOf(db, await findStateVersion(db, id)) },
  { shape: /^cv-\w{16}$/, find: async (db, id) => workspaceOf(db, await findConfigurationVersion(db, id)) },
  {
    // A job's: a ULID.
    shape: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
    find: async (db, id) => {
      const phase = await findPhaseByJob(db, id);
      return phase === undefined ? findAssessmentByJob(db, id) : findRun(db, phase.runId);
    },
  },
];
