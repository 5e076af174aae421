import { findAssessmentByJob } from "../features/assessments/index.ts";
import {
  createAuditTrail,
  countedRefusals,
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

/** Who did what, or was refused. */
export function wireAudit(foundation: Foundation): AuditParts {
  const { db, now, logger } = foundation;
  const trail = createAuditTrail({ db, now, logger, journals: foundation.auditJournals });
  const limit = createRefusalLimit();
  const recordCounts = async (all: boolean): Promise<void> => {
    for (const counted of limit.takeCounts(now(), { all })) await trail.record(countedRefusals(counted));
  };
  return {
    planes: [],
    jobHandlers: { [recordServerActJob]: (job) => recordServerActOf({ db, now }, job) },
    waitingJobHandlers: {},
    sweeps: [
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
