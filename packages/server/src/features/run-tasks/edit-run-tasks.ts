import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { canSee, type Actor } from "../access/index.ts";
import type { StageKind } from "../runs/index.ts";
import { postToTask, verificationPayload } from "./post-to-task.ts";
import { deleteRunTaskRow, findRunTask, insertRunTask, listRunTaskRows, updateRunTaskRow } from "./run-task-store.ts";
import { checkRunTask, runTaskNotFound, type RunTask, type TaskEnforcementLevel } from "./run-task.ts";
import { pageWorkspaceTasks } from "./workspace-task-store.ts";

export interface RunTaskDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly outbound: OutboundClient;
  /** How clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string;
}

export interface RunTaskChange {
  readonly name?: string;
  readonly description?: string;
  readonly url?: string;
  readonly hmacKey?: string | null;
  readonly enabled?: boolean;
  readonly global?: {
    readonly enabled?: boolean;
    readonly stages?: readonly StageKind[];
    readonly enforcementLevel?: TaskEnforcementLevel;
  };
}

/** Errors: not_found/run_task_not_found, forbidden/role_too_low. */
export async function getRunTask(deps: RunTaskDeps, actor: Actor, id: string): Promise<RunTask> {
  const task = await findRunTask(deps.db, deps.sealer, id);
  if (task === undefined || !canSee(actor, { organizationId: task.organizationId })) throw runTaskNotFound();
  return task;
}

/** By name. `organizationId` is one that the caller may see. Errors: forbidden/role_too_low. */
export async function listRunTasks(
  deps: RunTaskDeps,
  actor: Actor,
  organizationId: string,
  page: Page,
): Promise<Paged<RunTask>> {
  checkOrganization(actor, organizationId);
  return listRunTaskRows(deps.db, deps.sealer, organizationId, page);
}

/**
 * Makes a run task, once its service has answered the verification with 200. Errors: invalid/run_task_…,
 * invalid/name_taken, invalid/run_task_verification, invalid/outbound_refused, forbidden/role_too_low.
 */
export async function createRunTask(
  deps: RunTaskDeps,
  actor: Actor,
  organization: { readonly id: string; readonly name: string },
  input: RunTaskChange & { readonly name: string; readonly url: string },
): Promise<RunTask> {
  checkOrganization(actor, organization.id);
  const now = deps.now();
  const { global, ...given } = input;
  const task: RunTask = {
    description: "",
    hmacKey: null,
    enabled: true,
    ...given,
    global: { enabled: false, stages: ["post_plan"], enforcementLevel: "advisory", ...global },
    id: newExternalId("task"),
    organizationId: organization.id,
    organizationName: organization.name,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  await check(deps, task);
  await verify(deps, task);
  if (!(await insertRunTask(deps.db, deps.sealer, task))) throw nameTaken();
  return task;
}

/**
 * Changes what is given. One that is enabled afterwards is verified again; one that is not need not even answer. Errors: as
 * for creating, not_found/run_task_not_found, conflict/changed_meanwhile.
 */
export async function updateRunTask(
  deps: RunTaskDeps,
  actor: Actor,
  id: string,
  change: RunTaskChange,
): Promise<RunTask> {
  const before = await getRunTask(deps, actor, id);
  const { global, ...given } = change;
  const task: RunTask = {
    ...before,
    ...given,
    global: { ...before.global, ...global },
    revision: before.revision + 1,
    updatedAt: deps.now(),
  };
  await check(deps, task);
  if (task.enabled) await verify(deps, task);
  const saved = await updateRunTaskRow(deps.db, deps.sealer, task).catch((error: unknown) => {
    throw isUniqueViolation(error) ? nameTaken() : error;
  });
  if (!saved) {
    throw new DomainError("conflict", "changed_meanwhile", "Somebody else has changed this run task. Read it again.");
  }
  return task;
}

/** Errors: not_found/run_task_not_found, conflict/run_task_in_use while a workspace uses it. */
export async function deleteRunTask(deps: RunTaskDeps, actor: Actor, id: string): Promise<void> {
  await getRunTask(deps, actor, id);
  await deps.db.transaction().execute(async (tx) => {
    const { total } = await pageWorkspaceTasks(tx, { taskId: id }, { number: 1, size: 1 });
    if (total > 0) {
      throw new DomainError(
        "conflict",
        "run_task_in_use",
        `${total === 1 ? "A workspace uses" : `${total} workspaces use`} this run task. Take it away from there first.`,
      );
    }
    await deleteRunTaskRow(tx, id);
  });
}

function checkOrganization(actor: Actor, organizationId: string): void {
  if (!canSee(actor, { organizationId })) throw runTaskNotFound();
}

async function check(deps: RunTaskDeps, task: RunTask): Promise<void> {
  checkRunTask(task);
  deps.outbound.check(task.url);
}

async function verify(deps: RunTaskDeps, task: RunTask): Promise<void> {
  const attempt = await postToTask(deps.outbound, task, verificationPayload(deps.publicUrl()));
  if (attempt.delivered) return;
  throw new DomainError(
    "invalid",
    "run_task_verification",
    `Url was not verified: ${attempt.error ?? "the service did not answer."} It must answer a signed verification with 200.`,
  );
}

function nameTaken(): DomainError {
  return new DomainError("invalid", "name_taken", "Name has already been taken");
}
