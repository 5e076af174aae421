import { createHash } from "node:crypto";
import type { RunVariable } from "@ingot/runner/protocol";
import { findConfigurationVersion, findNewestConfigurationVersion } from "../config-versions/index.ts";
import { lockWorkspaceRow, takeRunNumber, workspaceNotFound } from "../workspaces/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { advanceQueue, beginRun } from "./move-run.ts";
import { insertPhase } from "./phase-store.ts";
import { waitsForWorkspace } from "./run-status.ts";
import { recordRunStatus } from "./run-event.ts";
import { findRepeatedRun, findRun, insertRun } from "./run-store.ts";
import type { Phase, PhaseKind, Run, RunCause } from "./run.ts";

export interface RunDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  /** Tells waiting runners that there may be work. */
  readonly wakeRunners: () => void;
  /** Tells the job worker that a job may have been written. */
  readonly wakeJobs: () => void;
  /** Ends the assessment of a workspace that the caller has locked, if there is one: runs go first. */
  readonly interruptAssessment: (tx: Tx, workspaceId: string, now: Millis) => Promise<void>;
  /** Gives a run that has just been made the stages that its workspace asks for, with `insertStage`, in its transaction. */
  readonly prepareStages: (tx: Tx, run: Run, now: Millis) => Promise<void>;
  /** For when the workspace is deleted. */
  readonly listAssessmentBlobs: (db: Db, workspaceId: string) => Promise<string[]>;
}

export interface NewRun {
  readonly workspaceId: string;
  /** Default: the workspace's newest upload that is neither speculative nor provisional. */
  readonly configurationVersionId?: string;
  /** `id` is null when no person asked. */
  readonly createdBy: { readonly id: string | null; readonly name: string };
  readonly message?: string;
  readonly source?: string;
  readonly cause?: RunCause;
  /** Default: the workspace's setting. An explicit false wins over it. */
  readonly autoApply?: boolean;
  readonly isDestroy?: boolean;
  readonly refresh?: boolean;
  readonly refreshOnly?: boolean;
  /** Default: whether the configuration version is speculative. */
  readonly planOnly?: boolean;
  readonly savePlan?: boolean;
  readonly allowEmptyApply?: boolean;
  readonly debuggingMode?: boolean;
  readonly allowConfigGeneration?: boolean;
  /** Only of a run that can only plan. */
  readonly engineVersion?: string;
  readonly targetAddrs?: readonly string[];
  readonly replaceAddrs?: readonly string[];
  readonly invokeAddrs?: readonly string[];
  readonly policyPaths?: readonly string[];
  readonly variables?: readonly RunVariable[];
  /** The run of another workspace whose apply starts this one: a second run for the same pair is not made. */
  readonly triggeringRunId?: string;
}

// Longer than a proxy waits before it gives up on an answer: go-tfe repeats a POST that was answered with 5xx.
const repeatWindowMs = 120_000;

/**
 * Makes a run and gives it its turn when the workspace is free. A person's request that is repeated within two minutes,
 * while the run is unfinished, gives the same run. Asks nobody's permission: the caller has. Errors:
 * not_found/workspace_not_found, not_found/configuration_version_not_found, invalid/configuration_not_uploaded,
 * invalid/no_configuration, invalid/workspace_local, invalid/run_options.
 */
export async function createRun(deps: RunDeps, input: NewRun): Promise<Run> {
  const run = await deps.db.transaction().execute((tx) => createRunWithin(tx, deps, input));
  deps.wakeRunners();
  return run;
}

export type NewRunDeps = Pick<RunDeps, "sealer" | "now" | "interruptAssessment" | "prepareStages">;

/** As {@link createRun}, as a part of the caller's transaction; the caller wakes the runners after it. */
export async function createRunWithin(tx: Tx, deps: NewRunDeps, input: NewRun): Promise<Run> {
  checkOptions(input);
  const requestDigest = digestOf(input);
  const workspace = await lockWorkspaceRow(tx, input.workspaceId);
  if (workspace === undefined) throw workspaceNotFound();
  if (workspace.executionMode === "local") {
    throw new DomainError(
      "invalid",
      "workspace_local",
      "The workspace has the execution mode `local`: plans and applies happen where the command line runs.",
    );
  }
  if (input.isDestroy === true && !workspace.allowDestroyPlan) {
    throw new DomainError(
      "invalid",
      "run_options",
      "The workspace does not allow destroy plans. Set its allow-destroy-plan first.",
    );
  }
  const now = deps.now();
  if (requestDigest !== null) {
    const repeated = await findRepeatedRun(tx, workspace.id, requestDigest, now - repeatWindowMs);
    if (repeated !== undefined) return repeated;
  }
  const configuration = await findConfigurationForRun(tx, workspace.id, input.configurationVersionId);
  const run: Run = {
    id: newExternalId("run"),
    workspaceId: workspace.id,
    organizationId: workspace.organizationId,
    projectId: workspace.projectId,
    number: await takeRunNumber(tx, workspace.id),
    configurationVersionId: configuration.id,
    status: "pending",
    statusTimes: { pending: now, plan_queueable: now },
    message: input.message ?? "Queued manually via the Terraform Enterprise API",
    source: input.source ?? "tfe-api",
    cause: input.cause ?? null,
    triggeringRunId: input.triggeringRunId ?? null,
    isDestroy: input.isDestroy ?? false,
    refresh: input.refresh ?? true,
    refreshOnly: input.refreshOnly ?? false,
    planOnly: configuration.speculative || (input.planOnly ?? false),
    savePlan: input.savePlan ?? false,
    autoApply: input.autoApply ?? workspace.autoApply,
    allowEmptyApply: input.allowEmptyApply ?? false,
    debuggingMode: input.debuggingMode ?? false,
    allowConfigGeneration: input.allowConfigGeneration ?? false,
    engineVersion: input.engineVersion ?? null,
    targetAddrs: input.targetAddrs ?? null,
    replaceAddrs: input.replaceAddrs ?? null,
    invokeAddrs: input.invokeAddrs ?? null,
    policyPaths: input.policyPaths ?? null,
    hasChanges: null,
    errorMessage: null,
    stateVersionId: null,
    createdById: input.createdBy.id,
    createdByName: input.createdBy.name,
    confirmedBy: null,
    cancelRequestedAt: null,
    canceledBy: null,
    forceCanceledAt: null,
    createdAt: now,
    updatedAt: now,
  };
  if (run.allowConfigGeneration && !run.planOnly) {
    throw new DomainError(
      "invalid",
      "run_options",
      "Attribute allow-config-generation is only valid for a run that can only plan: nothing could be applied of what is in no configuration yet. Use plan-only or a speculative configuration version, and commit what is generated.",
    );
  }
  await deps.interruptAssessment(tx, workspace.id, now);
  await insertRun(tx, deps.sealer, run, { variables: input.variables ?? [], requestDigest });
  await insertPhase(tx, newPhase(run.id, "plan"));
  await insertPhase(tx, newPhase(run.id, "apply"));
  await deps.prepareStages(tx, run, now);
  await recordRunStatus(tx, run, now);
  if (waitsForWorkspace(run)) await advanceQueue(tx, workspace.id, now);
  else await beginRun(tx, run, now);
  return (await findRun(tx, run.id)) as Run;
}

/** Errors: invalid/run_options. */
function checkOptions(input: NewRun): void {
  const refuse = (message: string): never => {
    throw new DomainError("invalid", "run_options", message);
  };
  if (input.isDestroy === true && input.refreshOnly === true) refuse("A run cannot both destroy and only refresh.");
  if (input.allowConfigGeneration === true && (input.isDestroy === true || input.refreshOnly === true)) {
    refuse("A run that destroys or only refreshes generates no configuration: leave allow-config-generation out.");
  }
  if (input.refreshOnly === true && input.refresh === false) refuse("A run that only refreshes cannot leave it out.");
  if (input.engineVersion !== undefined && input.planOnly !== true) {
    refuse("Attribute terraform-version is only valid with plan-only. Set the version of the workspace instead.");
  }
  if (input.planOnly === true && input.savePlan === true) refuse("A run that can only plan cannot save its plan.");
}

async function findConfigurationForRun(db: Db, workspaceId: string, id: string | undefined) {
  if (id === undefined) {
    const newest = await findNewestConfigurationVersion(db, workspaceId);
    if (newest !== undefined) return newest;
    throw new DomainError(
      "invalid",
      "no_configuration",
      "Configuration version is missing: the workspace has none that was uploaded. Upload a configuration first.",
    );
  }
  const version = await findConfigurationVersion(db, id);
  if (version === undefined || version.workspaceId !== workspaceId) {
    throw new DomainError(
      "not_found",
      "configuration_version_not_found",
      "There is no such configuration version in this workspace.",
    );
  }
  if (version.status !== "uploaded") {
    throw new DomainError(
      "invalid",
      "configuration_not_uploaded",
      version.errorMessage ?? "The configuration version has no upload yet.",
    );
  }
  return version;
}

/** Null: never taken for a repetition. What no person asked for is kept single by whoever asks. */
function digestOf(input: NewRun): string | null {
  if (input.createdBy.id === null || input.cause !== undefined) return null;
  const { variables, ...options } = input;
  const request = [
    Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)),
    (variables ?? []).map(({ key, value, hcl }) => [key, value, hcl]),
  ];
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}

function newPhase(runId: string, kind: PhaseKind): Phase {
  return {
    id: newExternalId(kind),
    runId,
    kind,
    status: "pending",
    jobId: null,
    fence: null,
    reported: false,
    runnerName: null,
    agentId: null,
    engine: null,
    hasChanges: null,
    counts: null,
    planFileKey: null,
    planJsonKey: null,
    planRenderedKey: null,
    generatedConfiguration: false,
    logReceived: 0,
    logBytes: 0,
    logClosed: false,
    logKey: null,
    queuedAt: null,
    startedAt: null,
    endedAt: null,
  };
}
