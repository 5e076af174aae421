import { canSee, type Actor } from "../access/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import { nameTaken } from "../projects/index.ts";
import { newVariable, type VariableContent, type VariableDeps } from "../variables/index.ts";
import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { applyTo, findTargets, removeFrom, type Target, type TargetKind } from "./application-store.ts";
import { findGlobalConflict, insertSetVariable } from "./set-variable-store.ts";
import {
  countVariableSets,
  deleteVariableSetRow,
  findVariableSet,
  insertVariableSet,
  lockVariableSet,
  updateVariableSetRow,
} from "./variable-set-store.ts";
import { checkVariableSet, variableSetNotFound, variableSetsMax, type VariableSet } from "./variable-set.ts";

/** What a request says of a set; absent: as it is. */
export interface VariableSetChange {
  readonly name?: string;
  readonly description?: string;
  readonly global?: boolean;
  readonly priority?: boolean;
  /** In the place of those there are; empty: of none. */
  readonly workspaces?: readonly string[];
  /** As `prj-…`. */
  readonly projects?: readonly string[];
}

export interface NewVariableSet extends VariableSetChange {
  readonly organizationId: string;
  readonly name: string;
  /** The `prj-…` that owns it; absent: the organization does. */
  readonly parentProject?: string;
  readonly variables?: readonly VariableContent[];
}

const variablesMax = 100;

/** The set, for an actor who may do there what it asks for. Errors: not_found/variable_set_not_found. */
export async function getVariableSet(db: Db, actor: Actor, id: string): Promise<VariableSet> {
  return visibleSet(actor, await findVariableSet(db, id));
}

function visibleSet(actor: Actor, set: VariableSet | undefined): VariableSet {
  if (set === undefined || !canSee(actor, placeOf(set))) throw variableSetNotFound();
  return set;
}

function placeOf(set: Pick<VariableSet, "organizationId" | "parentProjectId">) {
  return { organizationId: set.organizationId, projectId: set.parentProjectId };
}

/**
 * Errors: those of {@link changeVariableSet}, invalid/variable_sets_max, invalid/variables_max, invalid/variable_key,
 * invalid/key_taken, forbidden/role_too_low.
 */
export async function createVariableSet(deps: VariableDeps, actor: Actor, input: NewVariableSet): Promise<VariableSet> {
  const { organizationId } = input;
  const variables = (input.variables ?? []).map((content) => newVariable(content, deps.now()));
  if (variables.length > variablesMax) {
    throw new DomainError("invalid", "variables_max", `At most ${variablesMax} variables can be given with a new set.`);
  }
  return deps.db
    .transaction()
    .execute(async (tx) => {
      await lockOrganization(tx, organizationId);
      const [parent] =
        input.parentProject === undefined
          ? []
          : await targetsFor(tx, actor, "projects", organizationId, [input.parentProject]);
      const now = deps.now();
      const set: VariableSet = {
        id: newExternalId("varset"),
        organizationId,
        parentProjectId: parent?.id ?? null,
        parentProjectExternalId: parent?.externalId ?? null,
        name: input.name,
        description: input.description ?? "",
        global: input.global ?? false,
        priority: input.priority ?? false,
        createdAt: now,
        updatedAt: now,
      };
      checkVariableSet(set);
      visibleSet(actor, set);
      if ((await countVariableSets(tx, organizationId)) >= variableSetsMax) {
        throw new DomainError(
          "invalid",
          "variable_sets_max",
          `The organization has ${variableSetsMax} variable sets. Delete one first.`,
        );
      }
      await insertVariableSet(tx, set);
      for (const variable of variables) {
        await insertSetVariable(tx, deps.sealer, { ...variable, variableSetId: set.id });
      }
      await replaceMembers(tx, actor, set, input);
      await checkGlobalKeys(tx, set);
      return set;
    })
    .catch(refuseTakenName);
}

/**
 * Changes what is given. Errors: not_found/variable_set_not_found, invalid/variable_set_name, invalid/variable_set_global,
 * invalid/name_taken, invalid/global_key_taken, not_found/variable_set_target_not_found, invalid/variable_set_elsewhere.
 */
export async function changeVariableSet(
  deps: VariableDeps,
  actor: Actor,
  id: string,
  change: VariableSetChange,
): Promise<VariableSet> {
  return deps.db
    .transaction()
    .execute(async (tx) => {
      const existing = await getVariableSet(tx, actor, id);
      await lockOrganization(tx, existing.organizationId);
      const locked = await lockVariableSet(tx, id);
      if (locked === undefined) throw variableSetNotFound();
      const { workspaces: _, projects: __, ...plain } = change;
      const set: VariableSet = { ...locked, ...plain, updatedAt: deps.now() };
      checkVariableSet(set);
      await updateVariableSetRow(tx, set);
      await replaceMembers(tx, actor, set, change);
      await checkGlobalKeys(tx, set);
      return set;
    })
    .catch(refuseTakenName);
}

/** Errors: not_found/variable_set_not_found. */
export async function deleteVariableSet(deps: VariableDeps, actor: Actor, id: string): Promise<void> {
  const set = await getVariableSet(deps.db, actor, id);
  await deleteVariableSetRow(deps.db, set.id);
}

/**
 * Applies the set to more, or to fewer. Removing what it is not applied to is not an error. Errors:
 * not_found/variable_set_not_found, not_found/variable_set_target_not_found, invalid/variable_set_elsewhere.
 */
export async function applyVariableSet(
  deps: VariableDeps,
  actor: Actor,
  id: string,
  change: { readonly add: boolean; readonly kind: TargetKind; readonly externalIds: readonly string[] },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await getVariableSet(tx, actor, id);
    const set = await lockVariableSet(tx, id);
    if (set === undefined) throw variableSetNotFound();
    const targets = await targetsFor(tx, actor, change.kind, set.organizationId, change.externalIds);
    if (change.add) checkInParent(set, targets);
    const ids = targets.map((target) => target.id);
    await (change.add ? applyTo(tx, id, change.kind, ids) : removeFrom(tx, id, change.kind, ids));
  });
}

async function replaceMembers(tx: Tx, actor: Actor, set: VariableSet, change: VariableSetChange): Promise<void> {
  for (const kind of ["workspaces", "projects"] as const) {
    const externalIds = change[kind];
    if (externalIds === undefined) continue;
    const targets = await targetsFor(tx, actor, kind, set.organizationId, externalIds);
    checkInParent(set, targets);
    await removeFrom(tx, set.id, kind, null);
    await applyTo(
      tx,
      set.id,
      kind,
      targets.map((target) => target.id),
    );
  }
}

async function targetsFor(
  tx: Tx,
  actor: Actor,
  kind: TargetKind,
  organizationId: string,
  externalIds: readonly string[],
): Promise<Target[]> {
  const wanted = [...new Set(externalIds)];
  const found = (await findTargets(tx, kind, organizationId, wanted)).filter(({ projectId }) =>
    canSee(actor, { organizationId, projectId }),
  );
  if (found.length === wanted.length) return found;
  throw new DomainError(
    "not_found",
    "variable_set_target_not_found",
    `One of these ${kind} does not exist in the organization, or you may not see it.`,
  );
}

function checkInParent(set: VariableSet, targets: readonly Target[]): void {
  if (set.parentProjectId === null || targets.every(({ projectId }) => projectId === set.parentProjectId)) return;
  throw new DomainError(
    "invalid",
    "variable_set_elsewhere",
    "A variable set that a project owns applies only to this project and its workspaces.",
  );
}

/** Errors: invalid/global_key_taken. The caller has locked the organization. */
export async function checkGlobalKeys(tx: Tx, set: VariableSet): Promise<void> {
  if (!set.global) return;
  const conflict = await findGlobalConflict(tx, set);
  if (conflict === undefined) return;
  throw new DomainError(
    "invalid",
    "global_key_taken",
    `The global variable set ${JSON.stringify(conflict.setName)} has the key ${conflict.key} already. Two global sets cannot both give it.`,
  );
}

function refuseTakenName(error: unknown): never {
  throw isUniqueViolation(error) ? nameTaken() : error;
}
