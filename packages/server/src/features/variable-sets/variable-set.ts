import type { StoredVariable } from "../variables/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** Variables that several workspaces share. */
export interface VariableSet {
  readonly id: string;
  readonly organizationId: string;
  /** The project that owns it, by its UUID and its `prj-…`; null: the organization. Never changes. */
  readonly parentProjectId: string | null;
  readonly parentProjectExternalId: string | null;
  readonly name: string;
  readonly description: string;
  /** It applies to every workspace of the organization. */
  readonly global: boolean;
  /** Its values win over those of workspaces and runs. */
  readonly priority: boolean;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** One of its variables. */
export interface SetVariable extends StoredVariable {
  readonly variableSetId: string;
}

export const variableSetsMax = 1000;

/** Errors: invalid/variable_set_name, invalid/variable_set_global, invalid/variable_set_description. */
export function checkVariableSet(set: Pick<VariableSet, "name" | "description" | "global" | "parentProjectId">): void {
  if (set.name.trim() === "" || set.name.length > 90) {
    throw new DomainError("invalid", "variable_set_name", "Name of a variable set has 1 to 90 characters.");
  }
  if (set.description.length > 512) {
    throw new DomainError("invalid", "variable_set_description", "Description has at most 512 characters.");
  }
  if (set.global && set.parentProjectId !== null) {
    throw new DomainError(
      "invalid",
      "variable_set_global",
      "Global must be false for a variable set that a project owns: it applies to this project only.",
    );
  }
}

export function variableSetNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "variable_set_not_found",
    "There is no such variable set, or you may not see it.",
  );
}
