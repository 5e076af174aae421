import type { EngineName } from "@ingot/runner/protocol";
import { canSee, type Actor } from "../access/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type ExecutionMode = "remote" | "local";

/** What a workspace does when a channel that it has read moves: nothing, say so, plan and wait for a person, or apply. */
export const followSettings = ["off", "notify", "plan", "apply"] as const;
export type FollowSetting = (typeof followSettings)[number];

/** Who keeps others from changing the state: a person (or service principal), or the run that is under way. */
export interface WorkspaceLock {
  readonly kind: "user" | "run";
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly at: Millis;
}

/** A key with a value, or a plain tag whose value is empty. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * One configuration with its state, variables, lock and runs.
 *
 * Which engine runs it: `engineName` and `engineVersion` are demands, made through the API by a person; only a runner that
 * has them may claim the runs. `clientEngine` is a wish, learnt from the command line that made the workspace: a runner that
 * has this engine uses it, any other uses what it has. The version that a command line writes by itself (`terraformVersion`
 * without a demand) is only echoed, since the clients compare it with their own: demanding it would leave runs without a
 * runner whenever somebody upgrades a laptop.
 */
export interface Workspace {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly projectId: string;
  readonly projectExternalId: string;
  readonly name: string;
  readonly description: string;
  readonly executionMode: ExecutionMode;
  readonly autoApply: boolean;
  readonly terraformVersion: string;
  readonly engineName: EngineName | null;
  readonly engineVersion: string | null;
  readonly clientEngine: EngineName | null;
  /** Relative to the root of the configuration; empty for the root. */
  readonly workingDirectory: string;
  /** Whether it is assessed on the schedule; an organization may enforce it. */
  readonly assessmentsEnabled: boolean;
  readonly follow: FollowSetting;
  /** The image check "too old" fails after so many days; null: never. */
  readonly imageAgeDaysMax: number | null;
  /** The image check "behind its channel" fails after so many days; null: never. */
  readonly imageBehindDaysMax: number | null;
  readonly lock: WorkspaceLock | null;
  /** The run that holds the workspace, or did last. */
  readonly currentRunId: string | null;
  readonly currentStateVersionId: string | null;
  readonly resourceCount: number;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

export interface WorkspaceSettings {
  readonly name: string;
  readonly description: string;
  readonly executionMode: ExecutionMode;
  readonly autoApply: boolean;
  readonly terraformVersion: string;
  readonly engineName: EngineName | null;
  readonly engineVersion: string | null;
  readonly clientEngine: EngineName | null;
  readonly workingDirectory: string;
  readonly assessmentsEnabled: boolean;
  readonly follow: FollowSetting;
  readonly imageAgeDaysMax: number | null;
  readonly imageBehindDaysMax: number | null;
  readonly projectId: string;
}

export function workspaceNotFound(): DomainError {
  return new DomainError("not_found", "workspace_not_found", "There is no such workspace, or you may not see it.");
}

/** The workspace, for an actor who may see it. Errors: not_found/workspace_not_found. */
export function visibleWorkspace(actor: Actor, workspace: Workspace | undefined): Workspace {
  if (workspace === undefined || !canSee(actor, workspace)) throw workspaceNotFound();
  return workspace;
}

/** Errors: invalid/workspace_name. */
export function checkWorkspaceName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,89}$/.test(name)) {
    throw new DomainError(
      "invalid",
      "workspace_name",
      "Name can only include letters, numbers, - and _, starts with a letter or number, and has at most 90 characters.",
    );
  }
}

/** Errors: invalid/working_directory for anything that could lead out of the configuration. */
export function checkWorkingDirectory(directory: string): void {
  const parts = directory.split("/");
  if (directory.startsWith("/") || directory.includes("\\") || parts.includes("..") || directory.length > 512) {
    throw new DomainError(
      "invalid",
      "working_directory",
      "Working directory must be a relative path inside the configuration, without `..`.",
    );
  }
}

/** Errors: invalid/tag_key. */
export function checkTag(tag: Tag): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_:.=/@ -]{0,254}$/.test(tag.key) || tag.value.length > 255) {
    throw new DomainError("invalid", "tag_key", `Tag ${JSON.stringify(tag.key)} is not a valid tag.`);
  }
}

/** Errors: conflict/workspace_locked. A lock is not re-entrant. Source: go-tfe workspace.go, Lock. */
export function checkUnlocked(workspace: Workspace): void {
  if (workspace.lock !== null) {
    throw new DomainError("conflict", "workspace_locked", `Workspace already locked. ${describeLock(workspace.lock)}`);
  }
}

/** Who holds it, in the words that clients look for. Source: go-tfe tfe.go, checkResponseCode. */
export function describeLock(lock: WorkspaceLock): string {
  return `The workspace is locked by ${lock.kind === "run" ? "Run" : "User"} ${lock.name}.`;
}
