import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** Where a service principal belongs: the organization itself, or one of its projects. Its roles may be elsewhere. */
export interface PrincipalParent {
  readonly type: "organization" | "project";
  readonly id: string;
}

/** A service principal as callers name it. */
export interface ServicePrincipalRef {
  readonly parent: PrincipalParent;
  readonly name: string;
}

/** Somebody who is a program. */
export interface ServicePrincipal {
  readonly id: string;
  readonly organizationId: string;
  /** Null: it belongs to the organization itself. */
  readonly projectId: string | null;
  readonly name: string;
  readonly createdAt: Millis;
}

/** A key as it is shown: its secret is stored as a hash only. */
export interface ShownKey {
  readonly clientId: string;
  readonly createdAt: Millis;
}

/** How many keys one service principal has at most: enough to change one for another. Source: HCP documentation. */
export const keysMax = 2;

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{2,35}$/;

/**
 * The name of a service principal or of a workload identity provider, which is part of its resource name and stays.
 * Errors: invalid/name. Source: terraform-provider-hcp, internal/provider/iam.
 */
export function parsePrincipalName(noun: string, text: string): string {
  if (namePattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "name",
    `The name of a ${noun} has 3 to 36 letters, digits or any of . _ - and begins with a letter or digit; ${JSON.stringify(text.slice(0, 60))} does not.`,
  );
}

export function servicePrincipalNotFound(name: string): DomainError {
  return new DomainError(
    "not_found",
    "service_principal_not_found",
    `The service principal with identifier ${name} does not exist.`,
  );
}
