import { validRange } from "semver";
import { changeMode, parseActivityDuration, type ModeChange, type Project } from "../projects/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { activityMsOf } from "./auto-destroy.ts";
import { checkWorkingDirectory, checkWorkspaceName, type WorkspaceSettings } from "./workspace.ts";

/** What a request says of a workspace; absent: as it is. */
export interface SettingsChange extends Partial<
  Omit<WorkspaceSettings, "projectId" | "executionMode" | "executionModeOverwritten" | "agentPoolId" | "sshKeyId">
> {
  readonly mode?: ModeChange;
}

const triggersMax = 100;
const triggerCharactersMax = 512;

/**
 * Errors: invalid/workspace_name, invalid/working_directory, invalid/terraform_version, invalid/auto_destroy_duration,
 * invalid/triggers, invalid/source_url.
 */
export function checkSettings(change: SettingsChange): void {
  if (change.name !== undefined) checkWorkspaceName(change.name);
  if (change.workingDirectory !== undefined) checkWorkingDirectory(change.workingDirectory);
  if (change.engineVersion != null) checkEngineVersion(change.engineVersion);
  if (change.autoDestroyActivityDuration != null) parseActivityDuration(change.autoDestroyActivityDuration);
  for (const triggers of [change.triggerPrefixes ?? [], change.triggerPatterns ?? []]) {
    if (triggers.length > triggersMax || triggers.some((text) => text.length > triggerCharactersMax)) {
      throw new DomainError(
        "invalid",
        "triggers",
        `A workspace has at most ${triggersMax} triggers of ${triggerCharactersMax} characters.`,
      );
    }
  }
  if ((change.triggerPrefixes ?? []).length > 0 && (change.triggerPatterns ?? []).length > 0) {
    throw new DomainError("invalid", "triggers", "Give trigger prefixes or trigger patterns, not both.");
  }
  if (change.sourceUrl != null && !/^https?:\/\//i.test(change.sourceUrl)) {
    throw new DomainError("invalid", "source_url", "Source URL must begin with http:// or https://.");
  }
}

/** A version, or a constraint as the engines write it. Errors: invalid/terraform_version. */
function checkEngineVersion(version: string): void {
  if (validRange(version.replaceAll(",", " ")) !== null) return;
  throw new DomainError(
    "invalid",
    "terraform_version",
    `Terraform version ${JSON.stringify(version)} is neither a version nor a constraint such as "~> 1.9.0". Use "latest" for any.`,
  );
}

/**
 * The settings after the change. `project` is the one that the workspace is in then: a mode that is not its own is that of
 * the project. Errors: invalid/remote_state (the words are what clients look for; source: go-tfe errors.go), those of
 * {@link changeMode}.
 */
export function applyChange(
  current: WorkspaceSettings,
  project: Project,
  change: SettingsChange,
  now: Millis,
): WorkspaceSettings {
  const { mode: modeChange = {}, ...given } = change;
  const plain = { ...given, ...exclusiveAutoDestroy(given) };
  const { mode, agentPoolId, overwritten } = changeMode(
    { mode: current.executionMode, agentPoolId: current.agentPoolId, overwritten: current.executionModeOverwritten },
    { mode: project.defaultExecutionMode, agentPoolId: project.defaultAgentPoolId },
    modeChange,
  );
  const triggers = exclusiveTriggers(plain);
  const next: WorkspaceSettings = {
    ...current,
    ...plain,
    ...triggers,
    ...inheritsAfter(current, plain),
    projectId: project.id,
    executionMode: mode,
    agentPoolId,
    executionModeOverwritten: overwritten,
  };
  if (next.globalRemoteState && next.projectRemoteState && change.projectRemoteState === true) {
    throw new DomainError(
      "invalid",
      "remote_state",
      "Project remote state cannot be enabled when global remote state sharing is enabled",
    );
  }
  return {
    ...next,
    // Whoever shares with the whole organization need not share with the project besides.
    projectRemoteState: next.projectRemoteState && !next.globalRemoteState,
    autoDestroyAt: autoDestroyAtOf(next, project, given, now),
  };
}

/**
 * Paths by prefix and by pattern exclude each other: the one that is set last counts, also when it is set to nothing. Source:
 * terraform-provider-tfe, workspace tests.
 */
function exclusiveTriggers({ triggerPatterns, triggerPrefixes }: SettingsChange): Partial<WorkspaceSettings> {
  if ((triggerPatterns ?? []).length > 0) return { triggerPrefixes: [] };
  if ((triggerPrefixes ?? []).length > 0) return { triggerPatterns: [] };
  if (triggerPatterns !== undefined && triggerPrefixes === undefined) return { triggerPrefixes: [] };
  return triggerPrefixes !== undefined && triggerPatterns === undefined ? { triggerPatterns: [] } : {};
}

/** A time or a duration of its own takes the place of the project's. Source: terraform-provider-tfe, workspace tests. */
export function hasOwnAutoDestroy(change: SettingsChange): boolean {
  return change.autoDestroyAt != null || change.autoDestroyActivityDuration != null;
}

/** A time that is named, or taken away, without a duration takes the place of the duration. Source: terraform-provider-tfe, workspace. */
function exclusiveAutoDestroy(change: SettingsChange): SettingsChange {
  const { autoDestroyAt, autoDestroyActivityDuration } = change;
  const replaces = autoDestroyAt !== undefined && autoDestroyActivityDuration === undefined;
  return replaces ? { autoDestroyActivityDuration: null } : {};
}

/** Who takes away what it had of its own, inherits again. */
function inheritsAfter(current: WorkspaceSettings, change: SettingsChange): Partial<WorkspaceSettings> {
  if (change.inheritsProjectAutoDestroy !== undefined) return {};
  if (hasOwnAutoDestroy(change)) return { inheritsProjectAutoDestroy: false };
  const { autoDestroyAt: at, autoDestroyActivityDuration: duration } = { ...current, ...change };
  const takesAway = change.autoDestroyAt === null || change.autoDestroyActivityDuration === null;
  return takesAway && at === null && duration === null ? { inheritsProjectAutoDestroy: true } : {};
}

/** A duration that is set counts from now on; one that is taken away takes its time with it. */
function autoDestroyAtOf(
  next: WorkspaceSettings,
  project: Project,
  change: SettingsChange,
  now: Millis,
): Millis | null {
  if (change.autoDestroyAt !== undefined) return change.autoDestroyAt;
  if (change.autoDestroyActivityDuration === undefined && change.inheritsProjectAutoDestroy === undefined) {
    return next.autoDestroyAt;
  }
  const activityMs = activityMsOf(next, project.autoDestroyActivityDuration);
  return activityMs === null ? null : now + activityMs;
}
