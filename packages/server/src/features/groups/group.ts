import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** Users of an organization under one name, for roles to be given to all of them. */
export interface Group {
  readonly id: string;
  readonly organizationId: string;
  /** The last part of its resource name: made of its first display name, and never changed. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly memberCount: number;
  readonly scimSynchronized: boolean;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** A group as callers name it. */
export interface GroupRef {
  readonly organizationId: string;
  readonly name: string;
}

export interface GroupMember {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

/** Source: HCP documentation, support and limits. */
export const groupsMax = 250;
/** Source: HCP documentation, support and limits. */
export const membersMax = 5000;

const displayNameCharactersMax = 50;
const descriptionCharactersMax = 300;

/** Errors: invalid/group_name. */
export function parseDisplayName(text: string): string {
  if (text.trim() !== "" && text.length <= displayNameCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "group_name",
    `The name of a group has 1 to ${displayNameCharactersMax} characters; this one has ${text.trim() === "" ? 0 : text.length}.`,
  );
}

/** Errors: invalid/group_description. */
export function parseGroupDescription(text: string): string {
  if (text.length <= descriptionCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "group_description",
    `The description of a group has at most ${descriptionCharactersMax} characters; this one has ${text.length}.`,
  );
}

/** What a resource name can hold of a display name; empty when it can hold nothing of it. */
export function resourceNameOf(displayName: string): string {
  return displayName
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}

export function groupNotFound(name: string): DomainError {
  return new DomainError("not_found", "group_not_found", `The group with identifier ${name} does not exist.`);
}
