import { DomainError } from "../../platform/errors.ts";
import type { Millis } from "../../platform/clock.ts";

/** Of one that is `archived` the bytes are gone: no run can be made from it. */
export type ConfigurationStatus =
  "pending" | "uploaded" | "errored" | "archived" | "backing_data_soft_deleted" | "backing_data_permanently_deleted";

/** An uploaded archive of a configuration, or the place for one. */
export interface ConfigurationVersion {
  readonly id: string;
  readonly workspaceId: string;
  readonly status: ConfigurationStatus;
  /** Runs from it can only plan. */
  readonly speculative: boolean;
  /** Does not become the workspace's configuration by being uploaded. */
  readonly provisional: boolean;
  readonly autoQueueRuns: boolean;
  readonly source: string;
  /** A stable code, and a sentence for people. */
  readonly error: string | null;
  readonly errorMessage: string | null;
  readonly blobKey: string | null;
  readonly createdAt: Millis;
  readonly uploadedAt: Millis | null;
}

export function configurationVersionNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "configuration_version_not_found",
    "There is no such configuration version, or you may not see it.",
  );
}
