import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { ExplorerQuery } from "./explorer-query.ts";

/** A question that an organization keeps. Its answer is that of the moment in which it is asked, for whoever asks. */
export interface SavedView {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly query: ExplorerQuery;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

export const savedViewsMax = 500;

export function savedViewNotFound(): DomainError {
  return new DomainError("not_found", "explorer_view_not_found", "There is no such saved view, or you may not see it.");
}

/** Errors: invalid/explorer_view_name. */
export function checkViewName(name: string | undefined): string {
  const trimmed = (name ?? "").trim();
  if (trimmed.length === 0 || trimmed.length > 200) {
    throw new DomainError("invalid", "explorer_view_name", "Name must be given, with at most 200 characters.");
  }
  return trimmed;
}
