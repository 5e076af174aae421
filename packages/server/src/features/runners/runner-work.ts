import type { ClaimRequest, CompleteRequest, LateStateReply, LeaseReply, RunnerJob } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import type { Claimant } from "../agent-pools/index.ts";
import { leaseLost } from "../runs/index.ts";
import type { JobHold } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";

/**
 * One kind of work for runners: the phases of runs, or assessments. Everything but `claim` is about a job that the runner
 * has claimed, and throws conflict/lease_lost when it does not hold it.
 */
export interface RunnerWork {
  claim(claimant: Claimant, request: ClaimRequest): Promise<RunnerJob | undefined>;
  owns(jobId: string): Promise<boolean>;
  renewLease(actor: Actor, hold: JobHold): Promise<LeaseReply>;
  complete(actor: Actor, jobId: string, report: CompleteRequest): Promise<void>;
  readConfiguration(hold: JobHold): Promise<Buffer>;
  readState(hold: JobHold): Promise<Buffer>;
  storeState(hold: JobHold, bytes: Uint8Array, options: { readonly final: boolean }): Promise<void>;
  /** Of a job that was this runner's once. */
  receiveLateState(actor: Actor, hold: JobHold, bytes: Uint8Array): Promise<LateStateReply>;
  readPlanFile(hold: JobHold): Promise<Buffer>;
  storePlanFile(hold: JobHold, bytes: Uint8Array): Promise<void>;
  storePlanJson(hold: JobHold, bytes: Uint8Array): Promise<void>;
  storeRenderedPlan(hold: JobHold, bytes: Uint8Array): Promise<void>;
  appendLog(hold: JobHold, offset: number, bytes: Buffer): Promise<void>;
}

/** The work that a job is part of. Errors: conflict/lease_lost when there is no such job any more. */
export async function findWork(works: readonly RunnerWork[], jobId: string): Promise<RunnerWork> {
  for (const work of works) if (await work.owns(jobId)) return work;
  throw leaseLost();
}

/** For what this kind of job has no business with. */
export function wrongPhase(message: string): DomainError {
  return new DomainError("conflict", "wrong_phase", message);
}
