import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ecosystems, type Ecosystem } from "./ecosystem.ts";

export type ImportStatus = "queued" | "running" | "done" | "failed";

/** One archive on its way in, and afterwards the record of it. */
export interface AdvisoryImport {
  readonly id: string;
  readonly organizationId: string;
  /** Null until it is known. */
  readonly ecosystem: Ecosystem | null;
  readonly status: ImportStatus;
  readonly errorMessage: string | null;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly author: string;
  readonly entriesTotal: number | null;
  readonly entriesRead: number;
  readonly advisories: number;
  readonly withdrawn: number;
  readonly skipped: number;
  /** The newest change of an advisory in it. */
  readonly modifiedAt: Millis | null;
  readonly createdAt: Millis;
  readonly endedAt: Millis | null;
}

/** How many entries have been read so far, and what became of them. */
export interface ImportProgress {
  readonly entriesRead: number;
  readonly advisories: number;
  readonly withdrawn: number;
  readonly skipped: number;
  readonly modifiedAt: Millis | null;
}

/** Where the archive waits for its job. */
export function archiveBlobKey(importId: string): string {
  return `advisory-archives/${importId}`;
}

/** Errors: invalid/ecosystem_unknown. */
export function checkEcosystem(name: string): Ecosystem {
  const found = ecosystems.find((one) => one === name);
  if (found !== undefined) return found;
  throw new DomainError(
    "invalid",
    "ecosystem_unknown",
    `Packages of ${JSON.stringify(name)} cannot be judged. Archives can be imported for ${ecosystems.join(", ")}.`,
  );
}

export function importNotFound(): DomainError {
  return new DomainError("not_found", "import_not_found", "There is no such import of advisories.");
}
