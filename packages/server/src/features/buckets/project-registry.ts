import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { bucketScope, canSee, type Actor, type Place } from "../access/index.ts";
import { findProject, inProject, type Project } from "../projects/index.ts";
import { registryDeactivated, type FeatureTier, type Registry } from "./registry.ts";
import { activateRegistry, findRegistry, insertRegistry, saveRegistry } from "./registry-store.ts";

export interface RegistryDeps {
  readonly db: Db;
  readonly now: Clock;
}

/**
 * The project of a path, for an actor who can see all of it. Errors: not_found/project_not_found, forbidden/role_too_low.
 */
export async function getProjectOf(db: Db, actor: Actor, place: Place): Promise<Project> {
  return existingProject(db, canSee(actor, place), place);
}

/**
 * The project of a path with the names of the buckets that a list may show to this actor; null: all of them. Errors:
 * not_found/project_not_found.
 */
export async function getProjectWithBuckets(
  db: Db,
  actor: Actor,
  place: Place,
): Promise<{ readonly project: Project; readonly bucketNames: readonly string[] | null }> {
  const bucketNames = bucketScope(actor, place);
  const project = await existingProject(db, bucketNames !== undefined, place);
  return { project, bucketNames: bucketNames ?? null };
}

async function existingProject(db: Db, visible: boolean, place: Place): Promise<Project> {
  const project = visible ? await findProject(db, place.projectId) : undefined;
  if (project === undefined || project.organizationId !== place.organizationId) {
    throw new DomainError(
      "not_found",
      "project_not_found",
      `The project with identifier ${place.projectId} does not exist.`,
    );
  }
  return project;
}

/** The registry of the project, made now when nobody has asked before. Errors: not_found/project_not_found. */
export async function getRegistry(deps: RegistryDeps, actor: Actor, place: Place): Promise<Registry> {
  const project = await getProjectOf(deps.db, actor, place);
  return openRegistry(deps, project.id);
}

/** As {@link getRegistry}, of a project that exists; for what the server does by itself. */
export async function openRegistry(deps: RegistryDeps, projectId: string): Promise<Registry> {
  const existing = await findRegistry(deps.db, projectId);
  if (existing !== undefined) return existing;
  await inProject(projectId, insertRegistry(deps.db, { projectId, featureTier: "plus" }, deps.now()));
  return (await findRegistry(deps.db, projectId)) as Registry;
}

/**
 * Makes the registry, or activates it again with all it holds. Errors: not_found/project_not_found,
 * conflict/registry_exists for one that is active.
 */
export async function createRegistry(
  deps: RegistryDeps,
  actor: Actor,
  place: Place,
  featureTier: FeatureTier,
): Promise<Registry> {
  const project = await getProjectOf(deps.db, actor, place);
  const now = deps.now();
  const registry = await inProject(project.id, insertRegistry(deps.db, { projectId: project.id, featureTier }, now));
  if (registry !== undefined) return registry;
  if (!(await activateRegistry(deps.db, project.id, featureTier, now))) {
    throw new DomainError("conflict", "registry_exists", `The project ${project.id} has a registry already.`);
  }
  return (await findRegistry(deps.db, project.id)) as Registry;
}

/**
 * Switches the registry off: from now on nothing in it changes. What it holds stays and can be read, since images in use
 * must be known. Errors: not_found/project_not_found.
 */
export async function deleteRegistry(deps: RegistryDeps, actor: Actor, place: Place): Promise<Registry> {
  return updateRegistry(deps, actor, place, { activated: false });
}

/** Refuses to change a registry that is switched off. Errors: precondition/registry_deactivated. */
export async function requireActiveRegistry(db: Db, projectId: string): Promise<void> {
  if ((await findRegistry(db, projectId))?.activated === false) throw registryDeactivated(projectId);
}

/** Sets what is given. Errors: not_found/project_not_found. */
export async function updateRegistry(
  deps: RegistryDeps,
  actor: Actor,
  place: Place,
  change: { readonly featureTier?: FeatureTier; readonly activated?: boolean },
): Promise<Registry> {
  const registry = await getRegistry(deps, actor, place);
  if (change.featureTier === undefined && change.activated === undefined) return registry;
  await saveRegistry(deps.db, registry.projectId, change, deps.now());
  return (await findRegistry(deps.db, registry.projectId)) ?? registry;
}
