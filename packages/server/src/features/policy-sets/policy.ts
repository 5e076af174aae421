import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** The language of policies. Those in Sentinel are kept, but nothing here can evaluate them (ADR 21). */
export const policyKinds = ["opa", "sentinel"] as const;
export type PolicyKind = (typeof policyKinds)[number];

export const policyLevels = ["advisory", "mandatory", "soft-mandatory", "hard-mandatory"] as const;
export type PolicyLevel = (typeof policyLevels)[number];

/** A policy that is managed by itself: its code is uploaded, and sets gather it. */
export interface Policy {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  /** Stays what it is. */
  readonly name: string;
  readonly description: string;
  readonly kind: PolicyKind;
  /** What is asked of it, such as `data.terraform.deny`; null for Sentinel. */
  readonly query: string | null;
  readonly level: PolicyLevel;
  /** Where its code is; null until it is uploaded. */
  readonly blobKey: string | null;
  /** Sets that gather it. */
  readonly setCount: number;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** The levels of a language; the first is the default. Source: the published API, policies. */
export const levelsOf: Readonly<Record<PolicyKind, readonly PolicyLevel[]>> = {
  opa: ["advisory", "mandatory"],
  sentinel: ["advisory", "soft-mandatory", "hard-mandatory"],
};

export function isMandatory(level: PolicyLevel): boolean {
  return level !== "advisory";
}

const nameCharactersMax = 128;
const queryCharactersMax = 1000;

/** Errors: invalid/policy_… . */
export function checkPolicy(policy: Pick<Policy, "name" | "description" | "kind" | "query" | "level">): void {
  checkName(policy.name);
  if (policy.description.length > 4096) throw invalid("description", "Description is too long.");
  if (!levelsOf[policy.kind].includes(policy.level)) {
    throw invalid("level", `Enforcement level must be one of ${levelsOf[policy.kind].join(", ")}.`);
  }
  if (policy.kind === "opa") checkQuery(policy.query);
}

/** Of a policy or of a set. Errors: invalid/policy_name. */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > nameCharactersMax) {
    throw invalid("name", `Name has 1 to ${nameCharactersMax} letters, numbers, - and _.`);
  }
}

function checkQuery(query: string | null): void {
  if (query === null || query.trim() === "")
    throw invalid("query", "Query can't be blank for a policy of the kind opa.");
  if (query.length > queryCharactersMax) throw invalid("query", "Query is too long.");
}

export function policyNotFound(): DomainError {
  return new DomainError("not_found", "policy_not_found", "There is no such policy, or you may not see it.");
}

export function invalid(what: string, message: string): DomainError {
  return new DomainError("invalid", `policy_${what}`, message);
}
