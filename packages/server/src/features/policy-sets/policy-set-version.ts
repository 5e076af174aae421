import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { PolicyLevel } from "./policy.ts";

export type PolicySetVersionStatus = "pending" | "ready" | "errored";

/** One upload of all the policies of a set. */
export interface PolicySetVersion {
  readonly id: string;
  readonly policySetId: string;
  readonly status: PolicySetVersionStatus;
  readonly errorMessage: string | null;
  readonly policyCount: number;
  readonly blobKey: string | null;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** What was read from an archive, ready to be evaluated. */
export interface PolicyBundle {
  readonly policies: readonly BundledPolicy[];
  /** The texts of the modules by file name. */
  readonly modules: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface BundledPolicy {
  readonly name: string;
  readonly description: string;
  readonly query: string | null;
  readonly level: PolicyLevel;
}

export function policySetVersionNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "policy_set_version_not_found",
    "There is no such policy set version, or you may not see it.",
  );
}
