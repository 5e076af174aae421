import type { EngineName } from "@ingot/runner/protocol";
import { canSee, type Actor } from "../access/index.ts";
import type { ExecutionMode } from "../projects/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** What a workspace does when a channel that it has read moves: nothing, say so, plan and wait for a person, or apply. */
export const followSettings = ["off", "notify", "plan", "apply"] as const;
export type FollowSetting = (typeof followSettings)[number];

/** Who keeps others from changing the state: a person (or service principal), a team by its token, or the run that is under way. */
export interface WorkspaceLock {
  readonly kind: "user" | "team" | "run";
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

/** As it counts for the workspace. */
export interface EffectiveTag extends Tag {
  /** The `prj-…` whose tag it is; null: it is the workspace's own. */
  readonly inheritedFrom: string | null;
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
export interface Workspace extends WorkspaceSettings {
  readonly id: string;
  /** The same: a workspace says where it is to whoever judges access. */
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly projectExternalId: string;
  readonly lock: WorkspaceLock | null;
  /** The run that holds the workspace, or did last. */
  readonly currentRunId: string | null;
  readonly currentStateVersionId: string | null;
  readonly resourceCount: number;
  /** After how long without a change it is destroyed, by its own rule or its project's; null: never. */
  readonly effectiveActivityDuration: string | null;
  /** When its state changed last; before the first state, when it was made. */
  readonly latestChangeAt: Millis;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/**
 * What people decide about a workspace. Those that speak of version control (`queueAllRuns`, `speculativeEnabled`,
 * `fileTriggersEnabled`, the triggers) are kept for clients that write and compare them: without a connection to version
 * control nothing asks for them, here as in the product they come from ([ADR 19](../../../../../docs/adr/0019-settings-of-workspaces.md)).
 */
export interface WorkspaceSettings {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** In effect: its own, or the default of its project. */
  readonly executionMode: ExecutionMode;
  /** Whether the mode (and the pool) is its own and stays when the default of the project changes. */
  readonly executionModeOverwritten: boolean;
  readonly agentPoolId: string | null;
  readonly autoApply: boolean;
  /** The same for runs that another workspace's apply starts. */
  readonly autoApplyRunTrigger: boolean;
  readonly allowDestroyPlan: boolean;
  readonly terraformVersion: string;
  readonly engineName: EngineName | null;
  readonly engineVersion: string | null;
  readonly clientEngine: EngineName | null;
  /** Relative to the root of the configuration; empty for the root. As given: a trailing slash is kept. */
  readonly workingDirectory: string;
  /** Whether it is assessed on the schedule; an organization may enforce it. */
  readonly assessmentsEnabled: boolean;
  readonly follow: FollowSetting;
  /** The image check "too old" fails after so many days; null: never. */
  readonly imageAgeDaysMax: number | null;
  /** The image check "behind its channel" fails after so many days; null: never. */
  readonly imageBehindDaysMax: number | null;
  readonly queueAllRuns: boolean;
  readonly speculativeEnabled: boolean;
  readonly fileTriggersEnabled: boolean;
  readonly triggerPrefixes: readonly string[];
  readonly triggerPatterns: readonly string[];
  readonly structuredRunOutputEnabled: boolean;
  /** Runs of every workspace of the organization may read its state. */
  readonly globalRemoteState: boolean;
  /** Runs of every workspace of its project may read its state. */
  readonly projectRemoteState: boolean;
  /** What made it, for people: a name and an address. */
  readonly sourceName: string | null;
  readonly sourceUrl: string | null;
  /** When a destroy run begins by itself; null: never. */
  readonly autoDestroyAt: Millis | null;
  /** How long after its last change, such as `14d`; null: never. */
  readonly autoDestroyActivityDuration: string | null;
  /** The project's duration counts instead of its own. */
  readonly inheritsProjectAutoDestroy: boolean;
  readonly sshKeyId: string | null;
}

/** What a new workspace has when nobody says otherwise. Source: HCP Terraform API, workspaces. */
export const defaultSettings: Omit<WorkspaceSettings, "projectId" | "name"> = {
  description: "",
  executionMode: "remote",
  executionModeOverwritten: false,
  agentPoolId: null,
  autoApply: false,
  autoApplyRunTrigger: false,
  allowDestroyPlan: true,
  terraformVersion: "latest",
  engineName: null,
  engineVersion: null,
  clientEngine: null,
  workingDirectory: "",
  assessmentsEnabled: false,
  follow: "plan",
  imageAgeDaysMax: null,
  imageBehindDaysMax: null,
  queueAllRuns: false,
  speculativeEnabled: true,
  fileTriggersEnabled: true,
  triggerPrefixes: [],
  triggerPatterns: [],
  structuredRunOutputEnabled: false,
  globalRemoteState: false,
  projectRemoteState: false,
  sourceName: null,
  sourceUrl: null,
  autoDestroyAt: null,
  autoDestroyActivityDuration: null,
  inheritsProjectAutoDestroy: true,
  sshKeyId: null,
};

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

/**
 * A slash in front means the root of the configuration. Source: terraform-provider-tfe, workspace tests. Errors:
 * invalid/working_directory for anything that could lead out of it.
 */
export function checkWorkingDirectory(directory: string): void {
  const parts = directory.split("/");
  if (directory.startsWith("//") || directory.includes("\\") || parts.includes("..") || directory.length > 512) {
    throw new DomainError(
      "invalid",
      "working_directory",
      "Working directory must be a relative path inside the configuration, without `..`.",
    );
  }
}

/** Where in the configuration the engine runs, relative to its root; empty for the root itself. */
export function runDirectory({ workingDirectory }: Pick<Workspace, "workingDirectory">): string {
  return workingDirectory.replace(/^\/|^(?:\.\/)+|^\.$|\/+$/g, "");
}

/** Errors: invalid/tag_key, invalid/tag_value. */
export function checkTag(tag: Tag): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_:.=/@ -]{0,254}$/.test(tag.key)) {
    throw new DomainError("invalid", "tag_key", `Tag ${JSON.stringify(tag.key.slice(0, 60))} is not a valid tag.`);
  }
  if (tag.value.length > 255) {
    throw new DomainError("invalid", "tag_value", `The value of tag ${tag.key} has more than 255 characters.`);
  }
}

/** Of tags with values, as the published API counts them. */
export const tagBindingsMax = 10;

/** Errors: invalid/tag_bindings_max, for more than a resource may have. */
export function checkTagCount(count: number): void {
  if (count <= tagBindingsMax) return;
  throw new DomainError(
    "invalid",
    "tag_bindings_max",
    `Tag bindings cannot exceed ${tagBindingsMax} bindings per resource; these would be ${count}. Remove some first.`,
  );
}

/** Errors: conflict/workspace_locked. A lock is not re-entrant. Source: go-tfe workspace.go, Lock. */
export function checkUnlocked(workspace: Workspace): void {
  if (workspace.lock !== null) {
    throw new DomainError("conflict", "workspace_locked", `Workspace already locked. ${describeLock(workspace.lock)}`);
  }
}

/** Who holds it, in the words that clients look for. Source: go-tfe tfe.go, checkResponseCode. */
export function describeLock(lock: WorkspaceLock): string {
  const who = { run: "Run", team: "Team", user: "User" }[lock.kind];
  return `The workspace is locked by ${who} ${lock.name}.`;
}
