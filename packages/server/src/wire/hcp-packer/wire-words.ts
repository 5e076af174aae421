import type { AncestryStatus } from "../../features/ancestry/index.ts";
import type { FeatureTier } from "../../features/buckets/index.ts";
import type { SbomFormat } from "../../features/sboms/index.ts";
import type { BuildStatus, Revocation, TemplateType, VersionStatus } from "../../features/versions/index.ts";
import { DomainError } from "../../platform/errors.ts";

// The words of the specification for ours. Source: hcp-packer-2023-01-01, definitions.

export const buildStatusWords: Record<BuildStatus, string> = {
  unset: "BUILD_UNSET",
  running: "BUILD_RUNNING",
  done: "BUILD_DONE",
  cancelled: "BUILD_CANCELLED",
  failed: "BUILD_FAILED",
};

export const versionStatusWords: Record<VersionStatus, string> = {
  running: "VERSION_RUNNING",
  cancelled: "VERSION_CANCELLED",
  failed: "VERSION_FAILED",
  revoked: "VERSION_REVOKED",
  revocation_scheduled: "VERSION_REVOCATION_SCHEDULED",
  active: "VERSION_ACTIVE",
  incomplete: "VERSION_INCOMPLETE",
};

export const templateTypeWords: Record<TemplateType, string> = {
  unset: "TEMPLATE_TYPE_UNSET",
  hcl2: "HCL2",
  json: "JSON",
};

export const revocationTypeWords: Record<Revocation["type"], string> = { manual: "MANUAL", inherited: "INHERITED" };

export const ancestryStatusWords: Record<AncestryStatus, string> = {
  undetermined: "UNDETERMINED",
  up_to_date: "UP_TO_DATE",
  out_of_date: "OUT_OF_DATE",
};

export const featureTierWords: Record<FeatureTier, string> = { standard: "STANDARD", plus: "PLUS" };

export const sbomFormatWords: Record<SbomFormat, string> = { cyclonedx: "CYCLONEDX", spdx: "SPDX" };

/** Our word for a word of the wire. Errors: invalid/enum. */
export function parseWord<Ours extends string>(words: Record<Ours, string>, member: string, given: string): Ours {
  for (const [ours, theirs] of Object.entries(words) as [Ours, string][]) if (theirs === given) return ours;
  throw new DomainError(
    "invalid",
    "enum",
    `${member} is ${JSON.stringify(given.slice(0, 60))}; it can be ${Object.values(words).join(", ")}.`,
  );
}

/** The author of what the registry does by itself. */
export const registryAuthor = "HCP Packer";
