import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { projectLevels, workspaceLevels, type ProjectLevel, type WorkspaceLevel } from "../access/index.ts";

/** The workspace (`ws-…`) or the project (a UUID) that a team gets access to. */
export interface AccessTarget {
  readonly kind: "workspace" | "project";
  readonly id: string;
}

/** What one team may do in one workspace, or in one project and its workspaces. */
export interface TeamAccess {
  /** `tws-…` or `tprj-…` */
  readonly id: string;
  readonly teamId: string;
  readonly target: AccessTarget;
  readonly level: string;
  /** What a custom level is made of, as it is stored; empty for the others. */
  readonly custom: string;
  readonly createdAt: Millis;
}

export function teamAccessNotFound(): DomainError {
  return new DomainError("not_found", "team_access_not_found", "There is no such team access, or you may not see it.");
}

/**
 * What a level with these details is stored as: details can be given with the level `custom` only, and those that are not
 * given stay as they were, also when the level was a fixed one: a provider sends what changes. Errors: invalid/read_only_detail, in the words that clients look for. Source: go-tfe, team access
 * tests.
 */
export function customOf(
  level: string,
  before: Pick<TeamAccess, "level" | "custom" | "target"> | undefined,
  details: Readonly<Record<string, unknown>>,
): string {
  const given = Object.keys(details).filter((name) => details[name] !== undefined);
  if (level !== "custom") {
    const [first] = given;
    if (first === undefined) return "";
    throw new DomainError(
      "invalid",
      "read_only_detail",
      `${titleOf(first)} is read-only when access level is '${level}'; use the 'custom' access level to set this attribute.`,
    );
  }
  return JSON.stringify(merge(before === undefined ? {} : detailsOf(before), details));
}

function detailsOf({
  level,
  custom,
  target,
}: Pick<TeamAccess, "level" | "custom" | "target">): Record<string, unknown> {
  if (level === "custom") return custom === "" ? {} : (JSON.parse(custom) as Record<string, unknown>);
  return target.kind === "workspace"
    ? { ...workspaceLevels[level as WorkspaceLevel] }
    : { ...projectLevels[level as ProjectLevel] };
}

/** Details of two levels, as projects have them. */
function merge(kept: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): object {
  const merged: Record<string, unknown> = { ...kept };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    merged[name] = isObject(value) ? merge(isObject(kept[name]) ? kept[name] : {}, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** `stateVersions` as `State versions`. */
function titleOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
