import type { EngineName, ResourceCounts } from "@ingot/runner/protocol";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Author } from "./run-history.ts";
import type { PhaseStatus, RunStatus } from "./run-status.ts";

/** One attempt to plan and apply a configuration version in a workspace. */
export interface Run {
  readonly id: string;
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly projectId: string;
  /** Counted in its workspace: the order of the queue. */
  readonly number: number;
  readonly configurationVersionId: string;
  readonly status: RunStatus;
  /** When it reached each status. */
  readonly statusTimes: Readonly<Partial<Record<RunStatus | "plan_queueable", Millis>>>;
  readonly message: string;
  readonly source: string;
  /** Why it exists, when no person asked for it. */
  readonly cause: RunCause | null;
  /** The run of another workspace whose apply has started this one. */
  readonly triggeringRunId: string | null;
  readonly isDestroy: boolean;
  readonly refresh: boolean;
  readonly refreshOnly: boolean;
  readonly planOnly: boolean;
  readonly savePlan: boolean;
  readonly autoApply: boolean;
  readonly allowEmptyApply: boolean;
  /** With the engine's trace in its logs. */
  readonly debuggingMode: boolean;
  /** What it imports without a configuration gets one, which the plan shows. Only for runs that can only plan. */
  readonly allowConfigGeneration: boolean;
  /** A version that this run asks for instead of its workspace's; only of runs that can only plan. */
  readonly engineVersion: string | null;
  readonly targetAddrs: readonly string[] | null;
  readonly replaceAddrs: readonly string[] | null;
  /** Actions that the engine invokes, and nothing else. */
  readonly invokeAddrs: readonly string[] | null;
  /** Directories with policies of the engine's own, relative to where it runs; it checks the plan against them. */
  readonly policyPaths: readonly string[] | null;
  readonly hasChanges: boolean | null;
  readonly errorMessage: string | null;
  /** What its apply has written. */
  readonly stateVersionId: string | null;
  readonly createdById: string | null;
  readonly createdByName: string;
  /** Null: nobody has, or it applies by itself. */
  readonly confirmedBy: Author | null;
  readonly cancelRequestedAt: Millis | null;
  readonly canceledBy: Author | null;
  readonly forceCanceledAt: Millis | null;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** `kind` says which rule caused the run; the rest is for people and for whoever set the rule. */
export interface RunCause {
  readonly kind: string;
  readonly [key: string]: unknown;
}

export type PhaseKind = "plan" | "apply";

/** The plan or the apply of a run. */
export interface Phase {
  readonly id: string;
  readonly runId: string;
  readonly kind: PhaseKind;
  readonly status: PhaseStatus;
  readonly jobId: string | null;
  /** Of the claim under which it ran. */
  readonly fence: number | null;
  /** Its runner has said how it ended: saying so again is harmless. */
  readonly reported: boolean;
  readonly runnerName: string | null;
  /** `agent-…`, when it was a runner of an agent pool. */
  readonly agentId: string | null;
  readonly engine: { readonly name: EngineName; readonly version: string } | null;
  readonly hasChanges: boolean | null;
  readonly counts: ResourceCounts | null;
  readonly planFileKey: string | null;
  readonly planJsonKey: string | null;
  readonly planRenderedKey: string | null;
  /** The rendered plan holds configuration that the engine has written, also when the plan failed. */
  readonly generatedConfiguration: boolean;
  /** Bytes that the runner has sent; more than `logBytes` once the log is full. */
  readonly logReceived: number;
  readonly logBytes: number;
  /** Nothing follows. */
  readonly logClosed: boolean;
  /** Where the whole log is; null while it is in chunks. */
  readonly logKey: string | null;
  readonly queuedAt: Millis | null;
  readonly startedAt: Millis | null;
  readonly endedAt: Millis | null;
}

export function runNotFound(): DomainError {
  return new DomainError("not_found", "run_not_found", "There is no such run, or you may not see it.");
}

/** The answer to everybody whose hold on a phase has ended. */
export function leaseLost(): DomainError {
  return new DomainError(
    "conflict",
    "lease_lost",
    "This job is no longer yours: its lease ended, or its run was stopped. End the work and report nothing.",
  );
}
