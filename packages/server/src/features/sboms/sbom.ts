import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type SbomFormat = "cyclonedx" | "spdx";

/** The bill of materials of one build, as it was uploaded. */
export interface Sbom {
  readonly id: string;
  readonly buildId: string;
  /** Unique in the build. */
  readonly name: string;
  readonly format: SbomFormat;
  /** Why the document could not be parsed, so that its packages are unknown; null: it was parsed. */
  readonly unreadableBecause: string | null;
  /** Null: unknown. */
  readonly packageCount: number | null;
  readonly author: string;
  readonly packerRunUuid: string;
  /** Of the document, unpacked. */
  readonly bytes: number;
  readonly sha256: string;
  readonly createdAt: Millis;
}

const namePattern = /^[0-9A-Za-z-]{3,36}$/;

/** Errors: invalid/sbom_name. Source: hcp-packer-2023-01-01, UploadSbomBody.name. */
export function parseSbomName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "sbom_name",
    `The name of an SBOM has 3 to 36 letters, digits or hyphens; ${JSON.stringify(text.slice(0, 60))} is not one.`,
  );
}

export function sbomNotFound(name: string): DomainError {
  return new DomainError("not_found", "sbom_not_found", `The sbom with identifier ${name} does not exist.`);
}
