import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { opaVersion } from "../../platform/rego/index.ts";
import { checkName, invalid, type PolicyKind } from "./policy.ts";

/** Policies that apply together: everywhere in an organization, or to some of its projects and workspaces. */
export interface PolicySet {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly name: string;
  readonly description: string;
  readonly kind: PolicyKind;
  /** Applies to every workspace that is not excluded. */
  readonly global: boolean;
  /** Whether a person may let a run go on though mandatory policies failed. */
  readonly overridable: boolean;
  /** Kept as it is: OPA policies are evaluated in the run whatever it says, and no others are. */
  readonly agentEnabled: boolean;
  /** Null: the newest. */
  readonly toolVersion: string | null;
  /** The newest version whose archive could be read; null for a set of policies that are managed one by one. */
  readonly currentVersionId: string | null;
  readonly newestVersionId: string | null;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** What a set gathers, and where it applies. */
export interface PolicySetMembers {
  readonly policyIds: readonly string[];
  readonly workspaceIds: readonly string[];
  readonly excludedWorkspaceIds: readonly string[];
  /** As clients know them: `prj-…`. */
  readonly projectIds: readonly string[];
  readonly excludedProjectIds: readonly string[];
}

export const memberKinds = [
  "policies",
  "workspaces",
  "workspace-exclusions",
  "projects",
  "project-exclusions",
] as const;
export type MemberKind = (typeof memberKinds)[number];

/** Errors: invalid/policy_…, invalid/policy_set_… . */
export function checkPolicySet(set: Pick<PolicySet, "name" | "description" | "kind" | "toolVersion">): void {
  checkName(set.name);
  if (set.description.length > 4096) throw invalid("description", "Description is too long.");
  // Nothing evaluates the others, so that whatever they ask for is kept as it is.
  if (set.kind !== "opa") return;
  if (set.toolVersion !== null && set.toolVersion !== "latest" && set.toolVersion !== opaVersion) {
    throw new DomainError(
      "invalid",
      "policy_set_tool_version",
      `Policy tool version must be latest or ${opaVersion}: this server has no other OPA. It reads Rego v1 and v0.`,
    );
  }
}

/** Errors: invalid/policy_set_global for places of a set that applies everywhere. */
export function checkPlaces(set: Pick<PolicySet, "global">, kind: MemberKind): void {
  if (set.global && (kind === "workspaces" || kind === "projects")) {
    throw new DomainError(
      "invalid",
      "policy_set_global",
      "Global policy sets apply to all workspaces: they take no workspaces or projects, only exclusions.",
    );
  }
}

export function policySetNotFound(): DomainError {
  return new DomainError("not_found", "policy_set_not_found", "There is no such policy set, or you may not see it.");
}
