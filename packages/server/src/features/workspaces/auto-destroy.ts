import { parseActivityDuration } from "../projects/index.ts";
import type { Millis } from "../../platform/clock.ts";

/** Since when, and by whose rule, a workspace is to be destroyed. */
export interface ActivityRule {
  readonly inheritsProjectAutoDestroy: boolean;
  readonly autoDestroyActivityDuration: string | null;
}

/** How long after its last change the workspace is destroyed, in milliseconds; null: never. */
export function activityMsOf(workspace: ActivityRule, projectDuration: string | null): Millis | null {
  const text = workspace.inheritsProjectAutoDestroy ? projectDuration : workspace.autoDestroyActivityDuration;
  return text === null ? null : parseActivityDuration(text);
}

/**
 * When a workspace whose state has just changed is destroyed: every change puts it off. A state without resources ends the
 * matter until there is another. `planned` is the time that was set before. Source: HCP Terraform, deletion of workspaces.
 */
export function autoDestroyAfterChange(
  planned: Millis | null,
  activityMs: Millis | null,
  state: { readonly isEmpty: boolean },
  now: Millis,
): Millis | null {
  if (activityMs === null) return planned;
  return state.isEmpty ? null : now + activityMs;
}
