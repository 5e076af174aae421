import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type StateVersionStatus =
  "pending" | "finalized" | "discarded" | "backing_data_soft_deleted" | "backing_data_permanently_deleted";

/** One state of a workspace. */
export interface StateVersion {
  readonly id: string;
  readonly workspaceId: string;
  readonly runId: string | null;
  readonly status: StateVersionStatus;
  /** An apply is still writing it. */
  readonly intermediate: boolean;
  readonly forced: boolean;
  readonly serial: number;
  readonly lineage: string;
  /** Of the bytes as uploaded. */
  readonly md5: string;
  readonly engineVersion: string | null;
  readonly resourceCount: number;
  readonly blobKey: string | null;
  readonly blobBytes: number | null;
  readonly jsonBlobKey: string | null;
  readonly sealedOutputs: string | null;
  readonly createdByName: string;
  readonly createdAt: Millis;
  readonly finalizedAt: Millis | null;
}

export interface StoredOutput {
  readonly id: string;
  readonly name: string;
  readonly sensitive: boolean;
  readonly detailedType: unknown;
  readonly value: unknown;
}

export function stateVersionNotFound(): DomainError {
  return new DomainError("not_found", "state_version_not_found", "There is no such state, or you may not see it.");
}

/**
 * Whether a state may follow the current one. Errors: conflict/state_lineage, conflict/state_serial. Source: the rules of
 * POST workspaces/:id/state-versions.
 */
export function checkFollows(
  next: Pick<StateVersion, "serial" | "lineage" | "md5">,
  current: StateVersion | undefined,
  force: boolean,
): void {
  if (current === undefined || force) return;
  if (next.lineage !== current.lineage) {
    throw new DomainError(
      "conflict",
      "state_lineage",
      `The state has the lineage ${JSON.stringify(next.lineage)}, the workspace's state ${JSON.stringify(current.lineage)}: they belong to different infrastructure.`,
    );
  }
  if (next.serial < current.serial || (next.serial === current.serial && next.md5 !== current.md5)) {
    throw new DomainError(
      "conflict",
      "state_serial",
      `The state has the serial ${next.serial}, the workspace's state ${current.serial}: it was changed meanwhile. Pull it and try again.`,
    );
  }
}
