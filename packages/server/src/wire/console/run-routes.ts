import { Type, type Static } from "typebox";
import { may, workspaceScope, type Actor } from "../../features/access/index.ts";
import type { ImageChange, NamedImage } from "../../features/image-uses/index.ts";
import type { PlanChanges } from "../../features/plan-changes/index.ts";
import {
  finalStatuses,
  getRun,
  isCancelable,
  isConfirmable,
  isDiscardable,
  isForceCancelable,
  listNewestRuns,
  listPhases,
  readLogText,
  runStatuses,
  waitsForPerson,
  type Phase,
  type Run,
  type RunStatus,
} from "../../features/runs/index.ts";
import { listWorkspaceNames } from "../../features/workspaces/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { toRfc3339, toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";
import {
  CheckSchema,
  OutputChangeSchema,
  presentCheck,
  presentOutputChange,
  presentResourceChange,
  ResourceChangeSchema,
} from "./present-plan-changes.ts";

export interface RunRoutesDeps extends Pick<ConsoleDeps, "db" | "now"> {
  readonly blobs: BlobStore;
  /** What the plan of this run changes; undefined while there is none. */
  readonly readRunPlan: (
    run: Run,
    plan: Phase,
  ) => Promise<{ readonly changes: PlanChanges; readonly images: readonly ImageChange[] } | undefined>;
}

export const RunStatusSchema = Type.Enum(runStatuses, { description: "as the published API of runs has them" });

export const RunCauseSchema = Type.Object(
  { kind: Type.String({ description: "the rule that queued the run, such as channel-moved" }) },
  { additionalProperties: true },
);

const runSummaryFields = {
  id: Type.String(),
  number: Type.Integer({ description: "counts the runs of its workspace" }),
  workspace: WorkspaceRef,
  status: RunStatusSchema,
  message: Type.String(),
  source: Type.String(),
  cause: Nullable(RunCauseSchema),
  created_at: Time,
  updated_at: Time,
  created_by: Type.String(),
  is_destroy: Type.Boolean(),
  refresh_only: Type.Boolean(),
  plan_only: Type.Boolean(),
  auto_apply: Type.Boolean(),
  has_changes: Nullable(Type.Boolean()),
  counts: Nullable(
    Type.Object({
      additions: Type.Integer(),
      changes: Type.Integer(),
      destructions: Type.Integer(),
      imports: Type.Integer(),
    }),
  ),
  waits_for_confirmation: Type.Boolean(),
  error_message: Nullable(Type.String()),
};

export const RunSummarySchema = Type.Object(runSummaryFields);
export type RunSummary = Static<typeof RunSummarySchema>;

export const RunListSchema = Type.Object({ runs: Type.Array(RunSummarySchema), next: Nullable(Type.String()) });

export const RunPhaseSchema = Type.Object({
  kind: Type.Enum(["plan", "apply"]),
  status: Type.Enum(["pending", "queued", "running", "finished", "errored", "canceled", "unreachable"]),
  runner: Nullable(Type.String()),
  engine: Nullable(Type.Object({ name: Type.String(), version: Type.String() })),
  queued_at: Nullable(Time),
  started_at: Nullable(Time),
  ended_at: Nullable(Time),
  log_bytes: Type.Integer(),
  log_closed: Type.Boolean({ description: "nothing is added to the log any more" }),
});

export const RunDetailSchema = Type.Object({
  ...runSummaryFields,
  configuration_version: Type.String(),
  phases: Type.Array(RunPhaseSchema),
  actions: Type.Object(
    { confirm: Type.Boolean(), discard: Type.Boolean(), cancel: Type.Boolean(), force_cancel: Type.Boolean() },
    { description: "what the run allows now and the caller may do" },
  ),
  state_version_id: Nullable(Type.String()),
  confirmed_by: Nullable(Type.String()),
  canceled_by: Nullable(Type.String()),
});
export type RunDetail = Static<typeof RunDetailSchema>;

const NamedImageSchema = Type.Object({
  bucket: Nullable(Type.String()),
  version: Nullable(Type.String()),
  identifier: Type.String(),
});

export const ImageChangeSchema = Type.Object({
  resource: Type.String(),
  attribute: Type.String(),
  from: Nullable(NamedImageSchema),
  to: Nullable(NamedImageSchema),
  unknown: Type.Boolean({ description: "`to` is known only during the apply" }),
});
export type ImageChangeView = Static<typeof ImageChangeSchema>;

export const RunPlanSchema = Type.Object({
  image_changes: Type.Array(ImageChangeSchema),
  changes: Type.Array(ResourceChangeSchema),
  drift: Type.Array(ResourceChangeSchema, { description: "what changed outside since the state was written" }),
  outputs: Type.Array(OutputChangeSchema),
  checks: Type.Array(CheckSchema),
});
export type RunPlan = Static<typeof RunPlanSchema>;

export const RunLogSchema = Type.Object({
  text: Type.String({ description: "as the engine wrote it, with its escape sequences" }),
  next_offset: Type.Integer({ description: "where to go on reading, in bytes" }),
  closed: Type.Boolean({ description: "nothing follows" }),
});
export type RunLog = Static<typeof RunLogSchema>;

const RunsQuery = Type.Object(
  {
    workspace: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(
      Type.Enum(["active", "waiting", "final"], {
        description: "active: not over; waiting: for a person; final: over",
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const LogQuery = Type.Object(
  { offset: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$", description: "in bytes" })) },
  { additionalProperties: false },
);

const logBytesAtOnce = 256 * 1024;

const statusesIn: Record<"active" | "waiting" | "final", readonly RunStatus[]> = {
  active: runStatuses.filter((status) => !finalStatuses.includes(status)),
  waiting: runStatuses.filter(waitsForPerson),
  final: finalStatuses,
};

/** Runs for people: what they are about, why they exist, what they would change, and their logs. */
export function runRoutes(deps: RunRoutesDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/runs",
      needs: "run:read",
      audit: "run.list",
      doc: { summary: "Runs, newest first", reply: RunListSchema },
      query: RunsQuery,
      handle: async ({ actor, query }) => {
        const { workspace, state, after, limit } = query as Static<typeof RunsQuery>;
        const { items, next } = await listNewestRuns(
          deps.db,
          {
            organizationId: actor.organizationId,
            ...workspaceScope(actor),
            ...(workspace === undefined ? {} : { workspaceId: workspace }),
            ...(state === undefined ? {} : { statuses: statusesIn[state] }),
          },
          pageOf(limitOf(limit), after),
        );
        const phases = await listPhases(
          deps.db,
          items.map((run) => run.id),
        );
        const names = await listWorkspaceNames(deps.db, [...new Set(items.map((run) => run.workspaceId))]);
        return ok({ runs: items.map((run) => presentRun(run, phases, names)), next: encodeCursor(next) });
      },
    },
    {
      method: "GET",
      path: "/runs/:run_id",
      needs: "run:read",
      audit: "run.read",
      doc: { summary: "One run", reply: RunDetailSchema },
      handle: async ({ actor, params }) => {
        const run = await getRun(deps.db, actor, params["run_id"] ?? "");
        const phases = await listPhases(deps.db, [run.id]);
        const names = await listWorkspaceNames(deps.db, [run.workspaceId]);
        return ok(presentRunDetail(run, phases, names, actor, deps.now()));
      },
    },
    {
      method: "GET",
      path: "/runs/:run_id/plan",
      needs: "run:read",
      audit: "run.plan",
      doc: {
        summary: "What a run would change, or has changed",
        description: "Image changes first. Sensitive values are left out. 404 plan_not_ready until there is a plan.",
        reply: RunPlanSchema,
      },
      handle: async ({ actor, params }) => {
        const run = await getRun(deps.db, actor, params["run_id"] ?? "");
        const plan = (await listPhases(deps.db, [run.id])).find((phase) => phase.kind === "plan");
        const read = plan && (await deps.readRunPlan(run, plan));
        if (read === undefined) {
          throw new DomainError("not_found", "plan_not_ready", "This run has no plan yet, or ended without one.");
        }
        const { changes, images } = read;
        return ok({
          image_changes: images.map(presentImageChange),
          changes: changes.changes.map(presentResourceChange),
          drift: changes.drift.map(presentResourceChange),
          outputs: changes.outputs.map(presentOutputChange),
          checks: changes.checks.map(presentCheck),
        } satisfies RunPlan);
      },
    },
    {
      method: "GET",
      path: "/runs/:run_id/logs/:phase",
      needs: "run:read",
      audit: "run.log",
      doc: { summary: "The log of a plan or an apply, at most 256 KiB at once", reply: RunLogSchema },
      query: LogQuery,
      handle: async ({ actor, params, query }) => {
        const run = await getRun(deps.db, actor, params["run_id"] ?? "");
        const phase = (await listPhases(deps.db, [run.id])).find((one) => one.kind === params["phase"]);
        if (phase === undefined) {
          throw new DomainError("not_found", "phase_not_found", "A run has the logs `plan` and `apply`.");
        }
        const offset = Number((query as Static<typeof LogQuery>).offset ?? 0);
        const { text, nextOffset, closed } = await readLogText(deps, phase, offset, logBytesAtOnce);
        return ok({ text, next_offset: nextOffset, closed } satisfies RunLog);
      },
    },
  ];
}

function presentRun(run: Run, phases: readonly Phase[], names: ReadonlyMap<string, string>): RunSummary {
  const plan = phases.find((phase) => phase.runId === run.id && phase.kind === "plan");
  return {
    id: run.id,
    number: run.number,
    workspace: { id: run.workspaceId, name: names.get(run.workspaceId) ?? "" },
    status: run.status,
    message: run.message,
    source: run.source,
    cause: run.cause,
    created_at: toRfc3339(run.createdAt),
    updated_at: toRfc3339(run.updatedAt),
    created_by: run.createdByName,
    is_destroy: run.isDestroy,
    refresh_only: run.refreshOnly,
    plan_only: run.planOnly,
    auto_apply: run.autoApply,
    has_changes: run.hasChanges,
    counts: plan?.counts ?? null,
    waits_for_confirmation: isConfirmable(run),
    error_message: run.errorMessage,
  };
}

function presentRunDetail(
  run: Run,
  phases: readonly Phase[],
  names: ReadonlyMap<string, string>,
  actor: Actor,
  now: Millis,
): RunDetail {
  const mayAct = may(actor, "run:apply", run);
  return {
    ...presentRun(run, phases, names),
    configuration_version: run.configurationVersionId,
    phases: phases.map((phase) => ({
      kind: phase.kind,
      status: phase.status,
      runner: phase.runnerName,
      engine: phase.engine,
      queued_at: toRfc3339OrNull(phase.queuedAt),
      started_at: toRfc3339OrNull(phase.startedAt),
      ended_at: toRfc3339OrNull(phase.endedAt),
      log_bytes: phase.logBytes,
      log_closed: phase.logClosed,
    })),
    actions: {
      confirm: mayAct && isConfirmable(run),
      discard: mayAct && isDiscardable(run),
      cancel: mayAct && isCancelable(run),
      force_cancel: may(actor, "run:force-cancel", run) && isForceCancelable(run, now),
    },
    state_version_id: run.stateVersionId,
    confirmed_by: run.confirmedBy?.name ?? null,
    canceled_by: run.canceledBy?.name ?? null,
  };
}

function presentImageChange(change: ImageChange): ImageChangeView {
  const image = (named: NamedImage | null) =>
    named && { bucket: named.bucketName, version: named.versionName, identifier: named.identifier };
  return { ...change, from: image(change.from), to: image(change.to) };
}
