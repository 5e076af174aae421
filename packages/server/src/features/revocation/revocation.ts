import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { isRevoked, versionName, type Version } from "../versions/index.ts";

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationPattern = /^[+-]?(?:\d+(?:\.\d+)?[smhd])+$/;
// Far enough for any policy, near enough that every date can be written.
const yearsMax = 100;

/**
 * The length of a duration such as `30d`, `2h45m` or `0s`. Errors: invalid/revoke_in. Source: hcp-packer-2023-01-01,
 * UpdateVersionBody.revoke_in.
 */
export function parseDurationMs(text: string): number {
  let total = 0;
  if (durationPattern.test(text)) {
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)) {
      total += Number(amount) * unitMs[unit as keyof typeof unitMs];
    }
    if (total <= yearsMax * 366 * unitMs.d) return Math.round(text.startsWith("-") ? -total : total);
  }
  throw new DomainError(
    "invalid",
    "revoke_in",
    `${JSON.stringify(text.slice(0, 60))} is not a duration: write numbers with the units s, m, h or d, such as 30d, 2h45m or 0s, up to ${yearsMax} years.`,
  );
}

/**
 * Whether the version may be given this date. A scheduled revocation can be changed, an inherited one only brought
 * forward; what is revoked must be restored first. Errors: precondition/version_revoked, precondition/inherited_earlier.
 */
export function checkRevocable(version: Version, revokeAt: Millis, now: Millis): void {
  const name = `The version ${versionName(version.number)} (fingerprint ${version.fingerprint})`;
  if (isRevoked(version, now)) {
    throw new DomainError("precondition", "version_revoked", `${name} is revoked already. Restore it first.`);
  }
  if (version.revocation?.type === "inherited" && revokeAt > version.revocation.revokeAt) {
    throw new DomainError(
      "precondition",
      "inherited_earlier",
      `${name} inherits an earlier revocation from an ancestor. It can be revoked earlier, not later.`,
    );
  }
}

/**
 * Whether the revocation can be taken back here. One that is inherited is taken back where it was ordered, unless that
 * version is gone. Errors: precondition/not_revoked, precondition/revocation_inherited.
 */
export function checkRestorable(version: Version): void {
  const { revocation } = version;
  if (revocation === null) {
    throw new DomainError(
      "precondition",
      "not_revoked",
      "Restoring does not apply. This version is valid and has no revocation to take back. ",
    );
  }
  if (revocation.type === "inherited" && revocation.inheritedFrom !== null) {
    const { bucketName, number } = revocation.inheritedFrom;
    throw new DomainError(
      "precondition",
      "revocation_inherited",
      `Directly restoring this version does not apply. It inherits its revocation: restore the ancestor ${bucketName} ${versionName(number)} instead.`,
    );
  }
}
