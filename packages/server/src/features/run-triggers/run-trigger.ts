import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** That an apply in one workspace, the source, starts a run in another. */
export interface RunTrigger {
  readonly id: string;
  readonly organizationId: string;
  /** Where the run is started. */
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly createdAt: Millis;
}

/** Sources of one workspace. Source: HCP Terraform, run triggers. */
export const sourcesMax = 20;

export function runTriggerNotFound(): DomainError {
  return new DomainError("not_found", "run_trigger_not_found", "There is no such run trigger, or you may not see it.");
}

/** Errors: invalid/run_trigger. */
export function checkPair(workspaceId: string, sourceId: string): void {
  if (workspaceId !== sourceId) return;
  throw new DomainError("invalid", "run_trigger", "Sourceable can't be the workspace itself.");
}
