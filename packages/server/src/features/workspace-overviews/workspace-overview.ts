import type { Millis } from "../../platform/clock.ts";
import type { RunStatus } from "../runs/index.ts";
import type { ExecutionMode, FollowSetting } from "../workspaces/index.ts";

/** A workspace with what a person wants to know of it at a glance. */
export interface WorkspaceOverview {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly project: { readonly id: string; readonly name: string };
  readonly resourceCount: number;
  readonly locked: boolean;
  /** The run that holds the workspace, or did last. */
  readonly currentRun: {
    readonly id: string;
    readonly status: RunStatus;
    readonly message: string;
    readonly createdAt: Millis;
  } | null;
  readonly follow: FollowSetting;
  readonly assessmentsEnabled: boolean;
  /** By the organization, whatever the workspace says. */
  readonly assessmentsEnforced: boolean;
  readonly imageAgeDaysMax: number | null;
  readonly imageBehindDaysMax: number | null;
  readonly autoApply: boolean;
  readonly executionMode: ExecutionMode;
}
