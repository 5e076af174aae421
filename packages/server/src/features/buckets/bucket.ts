import type { Place } from "../access/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** One line of images: everything that is built under one name. */
export interface Bucket {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Labels;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

export type Labels = Readonly<Record<string, string>>;

/** A bucket as callers name it. */
export interface BucketRef extends Place {
  readonly name: string;
}

const slugPattern = /^[A-Za-z0-9][A-Za-z0-9-]{1,34}[A-Za-z0-9]$/;
const descriptionCharactersMax = 1024;
const labelsMax = 500;
const labelKeyCharactersMax = 512;
// Plugins put whole tag lists into one label.
const labelValueCharactersMax = 8192;

/** The name of a bucket or a channel. Errors: invalid/name. Source: terraform-provider-hcp, customtypes/slug. */
export function parseSlug(noun: string, text: string): string {
  if (slugPattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "name",
    `The name of a ${noun} has 3 to 36 letters, digits or hyphens, with a letter or digit at both ends; ${quote(text)} does not.`,
  );
}

/** Errors: invalid/description. */
export function parseDescription(text: string): string {
  if (text.length <= descriptionCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "description",
    `A description has at most ${descriptionCharactersMax} characters; this one has ${text.length}.`,
  );
}

/** Errors: invalid/labels. */
export function parseLabels(labels: Labels): Labels {
  const entries = Object.entries(labels);
  if (entries.length > labelsMax) {
    throw new DomainError("invalid", "labels", `At most ${labelsMax} labels can be set; these are ${entries.length}.`);
  }
  for (const [key, value] of entries) {
    if (key.length === 0 || key.length > labelKeyCharactersMax) {
      throw new DomainError(
        "invalid",
        "labels",
        `The key of a label has 1 to ${labelKeyCharactersMax} characters; ${quote(key)} has ${key.length}.`,
      );
    }
    if (value.length > labelValueCharactersMax) {
      throw new DomainError(
        "invalid",
        "labels",
        `The value of a label has at most ${labelValueCharactersMax} characters; that of ${quote(key)} has ${value.length}.`,
      );
    }
  }
  return labels;
}

export function bucketNotFound(name: string): DomainError {
  return new DomainError("not_found", "bucket_not_found", `The bucket with identifier ${name} does not exist.`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
