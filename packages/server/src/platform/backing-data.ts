import { DomainError } from "./errors.ts";

/** What can be done to bytes that are kept beside a row: given up for a while, taken back, removed for good. */
export const backingActions = ["soft_delete", "restore", "permanently_delete"] as const;
export type BackingAction = (typeof backingActions)[number];

export type BackingStatus<Kept extends string> =
  Kept | "backing_data_soft_deleted" | "backing_data_permanently_deleted";

/**
 * The status after the action; `kept` is the one of a row that has its bytes. Errors: conflict/backing_data_transition.
 * Source: go-tfe state_version_integration_test.go, ManageBackingData.
 */
export function afterBackingAction<Kept extends string>(
  status: string,
  action: BackingAction,
  kept: Kept,
): BackingStatus<Kept> {
  if (action === "soft_delete" && status === kept) return "backing_data_soft_deleted";
  if (action === "restore" && status === "backing_data_soft_deleted") return kept;
  if (action === "permanently_delete" && status === "backing_data_soft_deleted")
    return "backing_data_permanently_deleted";
  throw backingRefused(`its status is ${status}`);
}

export function backingRefused(why: string): DomainError {
  return new DomainError(
    "conflict",
    "backing_data_transition",
    `The backing data cannot be changed so because ${why}.`,
  );
}
