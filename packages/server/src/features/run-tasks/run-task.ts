import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { stageKinds, type StageKind } from "../runs/index.ts";

/** Whether a bad answer stops the run or is only shown. */
export const taskEnforcementLevels = ["advisory", "mandatory"] as const;
export type TaskEnforcementLevel = (typeof taskEnforcementLevels)[number];

/** A service of an organization that runs ask before they go on. */
export interface RunTask {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  /** Signs what is sent. Never shown again. */
  readonly hmacKey: string | null;
  readonly enabled: boolean;
  /** Of every workspace of the organization, beside those that it is attached to. */
  readonly global: {
    readonly enabled: boolean;
    readonly stages: readonly StageKind[];
    readonly enforcementLevel: TaskEnforcementLevel;
  };
  /** Grows with every change. */
  readonly revision: number;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** A run task as one workspace uses it. */
export interface WorkspaceTask {
  readonly id: string;
  readonly workspaceId: string;
  readonly taskId: string;
  readonly enforcementLevel: TaskEnforcementLevel;
  /** At least one, in the order in which they were given. */
  readonly stages: readonly StageKind[];
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

const nameCharactersMax = 90;
const descriptionCharactersMax = 300;
const keyCharactersMax = 4096;

/** Errors: invalid/run_task_… . Source of the limits: the published API, run tasks. */
export function checkRunTask(task: Pick<RunTask, "name" | "description" | "hmacKey" | "global">): void {
  const { name, description, hmacKey } = task;
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > nameCharactersMax) {
    throw invalid("name", `Name has 1 to ${nameCharactersMax} letters, numbers, - and _.`);
  }
  if (description.length > descriptionCharactersMax) {
    throw invalid("description", `Description is too long: at most ${descriptionCharactersMax} characters.`);
  }
  if (hmacKey !== null && hmacKey.length > keyCharactersMax) throw invalid("hmac_key", "Hmac key is too long.");
  checkStages(task.global.stages);
}

/** Errors: invalid/run_task_stages. */
export function checkStages(stages: readonly StageKind[]): void {
  if (stages.length === 0) throw invalid("stages", `Stages can't be blank: choose of ${stageKinds.join(", ")}.`);
  if (new Set(stages).size !== stages.length) throw invalid("stages", "Stages names one of them twice.");
}

export function runTaskNotFound(): DomainError {
  return new DomainError("not_found", "run_task_not_found", "There is no such run task, or you may not see it.");
}

export function workspaceTaskNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "workspace_task_not_found",
    "The workspace has no such run task, or you may not see it.",
  );
}

function invalid(what: string, message: string): DomainError {
  return new DomainError("invalid", `run_task_${what}`, message);
}
