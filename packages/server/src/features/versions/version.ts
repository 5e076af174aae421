import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type TemplateType = "unset" | "hcl2" | "json";

/** What a build says of itself; a version's status follows from those of its builds. */
export type BuildStatus = "unset" | "running" | "done" | "cancelled" | "failed";

export type VersionStatus =
  "running" | "cancelled" | "failed" | "incomplete" | "active" | "revocation_scheduled" | "revoked";

interface RevokedAncestor {
  readonly versionId: string;
  readonly bucketName: string;
  readonly number: number | null;
  readonly fingerprint: string;
}

export interface Revocation {
  /** From this moment the version must not be used; in the future while the revocation is scheduled. */
  readonly revokeAt: Millis;
  readonly message: string;
  readonly author: string;
  readonly type: "manual" | "inherited";
  /** Whether descendants inherit it; meaningful for a manual one. */
  readonly cascades: boolean;
  /** The ancestor of an inherited one; its other members are absent once the ancestor is deleted. */
  readonly inheritedFromId: string | null;
  readonly inheritedFrom: RevokedAncestor | null;
}

/** One run of a bucket's template, in all its components. */
export interface Version {
  readonly id: string;
  readonly bucketId: string;
  readonly bucketName: string;
  readonly fingerprint: string;
  /** Null until every build is done; then it never changes. */
  readonly number: number | null;
  readonly templateType: TemplateType;
  readonly author: string;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
  readonly revocation: Revocation | null;
  readonly hasDescendants: boolean;
}

/** `v<n>`; `v0` while the version is incomplete. Source: packer, internal/hcp/registry/types.version.go. */
export function versionName(number: number | null): string {
  return `v${number ?? 0}`;
}

export function isRevoked(version: { readonly revocation: Revocation | null }, now: Millis): boolean {
  return version.revocation !== null && version.revocation.revokeAt <= now;
}

/** The status at this moment: a scheduled revocation takes effect by the clock alone. */
export function versionStatus(
  version: Pick<Version, "number" | "revocation">,
  builds: readonly BuildStatus[],
  now: Millis,
): VersionStatus {
  if (isRevoked(version, now)) return "revoked";
  if (version.number !== null) return version.revocation === null ? "active" : "revocation_scheduled";
  for (const status of ["running", "failed", "cancelled"] as const) if (builds.includes(status)) return status;
  return "incomplete";
}

const fingerprintPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,38}[A-Za-z0-9])?$/;

/** Errors: invalid/fingerprint. Source: hcp-packer-2023-01-01, CreateVersionBody.fingerprint. */
export function parseFingerprint(text: string): string {
  if (fingerprintPattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "fingerprint",
    "A fingerprint has 1 to 40 letters, digits, hyphens, dots or underscores, with a letter or digit at both ends.",
  );
}

export function versionNotFound(identifier: string): DomainError {
  return new DomainError("not_found", "version_not_found", `The version with identifier ${identifier} does not exist.`);
}
