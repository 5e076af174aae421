import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Labels } from "../buckets/index.ts";
import type { TemplateType } from "../versions/index.ts";

/** Provisioners that every build of the buckets they are linked to has to run; its content is in its versions. */
export interface EnforcedBlock {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly labels: Labels;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

export interface EnforcedBlockVersion {
  readonly id: string;
  readonly blockId: string;
  /** What people call it, unique in its block. */
  readonly label: string;
  readonly templateType: TemplateType;
  readonly content: string;
  readonly description: string;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** That the builds of a bucket must run this version of a block; one version of a block at a time. */
export interface EnforcedBlockLink {
  readonly id: string;
  readonly bucketId: string;
  readonly blockId: string;
  readonly versionId: string;
  /** When the block was linked first; a change of the version leaves it alone, and with it the order of execution. */
  readonly createdAt: Millis;
}

/** A block version as a version of a bucket remembers it. */
export interface BlockMark {
  readonly blockId: string;
  readonly block: string;
  readonly versionId: string;
  readonly version: string;
}

// Lists of blocks and of their versions come as a whole: the published answers have no page tokens.
export const blocksMax = 1000;
export const versionsMax = 200;
export const linkedBucketsMax = 500;
export const blocksPerBucketMax = 100;

const nameCharactersMax = 128;
const descriptionCharactersMax = 1024;
const namePattern = /^[^\s/\p{Cc}]([^/\p{Cc}]*[^\s/\p{Cc}])?$/u;

/** The name of a block or the label of a version. Errors: invalid/name. */
export function parseBlockName(what: string, text: string): string {
  if (text.length <= nameCharactersMax && namePattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "name",
    `The ${what} has 1 to ${nameCharactersMax} characters, without slashes, control characters or blanks at the ends.`,
  );
}

/** Errors: invalid/description. */
export function parseBlockDescription(text: string): string {
  if (text.length <= descriptionCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "description",
    `The additional description has at most ${descriptionCharactersMax} characters; this one has ${text.length}.`,
  );
}

export function blockNotFound(id: string): DomainError {
  return new DomainError(
    "not_found",
    "enforced_block_not_found",
    `The enforced block with identifier ${id} does not exist.`,
  );
}

export function blockVersionNotFound(id: string): DomainError {
  return new DomainError(
    "not_found",
    "enforced_block_version_not_found",
    `The enforced block version with identifier ${id} does not exist.`,
  );
}

export function blockExists(name: string): DomainError {
  return new DomainError(
    "conflict",
    "enforced_block_exists",
    `The enforced block with the name ${name} already exists. Choose another name, or add a version to it.`,
  );
}
