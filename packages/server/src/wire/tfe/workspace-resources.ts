import { may, type Actor } from "../../features/access/index.ts";
import { latestAssessments } from "../../features/assessments/index.ts";
import { listCurrentConfigurationIds } from "../../features/config-versions/index.ts";
import { listRetentionPolicies } from "../../features/data-retention/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import { findProject } from "../../features/projects/index.ts";
import { listRunsById, readRunFigures } from "../../features/runs/index.ts";
import { listOutputsOf, listStateVersionsById } from "../../features/state-versions/index.ts";
import { listVariableIds } from "../../features/variables/index.ts";
import { listEffectiveTags, listTags, type Workspace } from "../../features/workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { Call } from "../shared/plane.ts";
import { includes, toMany, type Resource } from "./json-api.ts";
import { retentionRelationship } from "./data-retention-routes.ts";
import { presentOrganization } from "./present-organization.ts";
import { presentProject } from "./present-project.ts";
import { presentStateVersion, presentWorkspaceOutput } from "./present-state-version.ts";
import { presentEffectiveTag, presentWorkspace } from "./present-workspace.ts";
import { loadRunResources } from "./run-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/**
 * Workspaces with what belongs to them, in their order. Six statements for any number, and one for the organization of an actor
 * who administers only a part of it.
 */
export async function loadWorkspaces(
  db: Db,
  workspaces: readonly Workspace[],
  actor: Actor,
  relationships: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(),
): Promise<Resource[]> {
  const ids = workspaces.map((workspace) => workspace.id);
  const tags = await listTags(db, ids);
  const assessments = await latestAssessments(db, ids);
  const variables = await listVariableIds(db, ids);
  const policies = await listRetentionPolicies(db, ids);
  const configurations = await listCurrentConfigurationIds(db, ids);
  const forced = await forcedDeletions(db, workspaces, actor);
  const figures = await readRunFigures(db, ids);
  return workspaces.map((workspace) => {
    const { id } = workspace;
    const parts = {
      canForceDelete: forced(workspace),
      tags: tags.get(id) ?? [],
      assessment: assessments.get(id),
      variableIds: variables.get(id) ?? [],
      configurationVersionId: configurations.get(id),
      figures: figures.get(id),
      relationships: { ...retentionRelationship(policies.get(id)), ...relationships.get(id) },
    };
    return presentWorkspace(workspace, parts, actor);
  });
}

/** Whether the actor may delete a workspace with resources in its state. */
async function forcedDeletions(
  db: Db,
  workspaces: readonly Workspace[],
  actor: Actor,
): Promise<(workspace: Workspace) => boolean> {
  const partly = workspaces.filter(
    (one) =>
      may(actor, "workspace:delete", one) && !may(actor, "workspace:delete", { organizationId: one.organizationId }),
  );
  const allowing = new Set<string>();
  for (const id of new Set(partly.map(({ organizationId }) => organizationId))) {
    if ((await findOrganization(db, id))?.settings.allowForceDeleteWorkspaces === true) allowing.add(id);
  }
  return (workspace) => !partly.includes(workspace) || allowing.has(workspace.organizationId);
}

/**
 * With what the request wants included: one or two statements for each kind, however many workspaces there are. Source:
 * go-tfe workspace.go, WSIncludeOpt.
 */
export async function loadWorkspaceDocuments(
  deps: TfeDeps,
  call: Call,
  workspaces: readonly Workspace[],
): Promise<{ readonly resources: readonly Resource[]; readonly included: readonly Resource[] }> {
  const wanted = includes(call);
  const relationships = new Map<string, Record<string, unknown>>(workspaces.map(({ id }) => [id, {}]));
  const included: Resource[] = [];
  const relate = (workspaceId: string, name: string, resources: readonly Resource[]): void => {
    const ids = resources.map((resource) => resource.id);
    Object.assign(relationships.get(workspaceId) ?? {}, {
      [name]: toMany(name === "outputs" ? "workspace-outputs" : name, ids),
    });
    included.push(...resources);
  };
  if (wanted.has("effective_tag_bindings")) {
    const tags = await listEffectiveTags(deps.db, [...relationships.keys()]);
    for (const [id, found] of tags) {
      relate(
        id,
        "effective-tag-bindings",
        found.map((tag) => presentEffectiveTag(id, tag)),
      );
    }
  }
  if (wanted.has("outputs")) {
    const states = readableStates(call.actor, workspaces);
    const outputs = await listOutputsOf(deps.db, deps.sealer, [...states.keys()]);
    for (const [stateId, found] of outputs)
      relate(states.get(stateId) ?? "", "outputs", found.map(presentWorkspaceOutput));
  }
  included.push(...(await loadRelated(deps, call, workspaces, wanted)));
  return { resources: await loadWorkspaces(deps.db, workspaces, call.actor, relationships), included };
}

async function loadRelated(
  deps: TfeDeps,
  call: Call,
  workspaces: readonly Workspace[],
  wanted: ReadonlySet<string>,
): Promise<Resource[]> {
  const { db } = deps;
  const related: Resource[] = [];
  if (wanted.has("organization")) {
    for (const id of new Set(workspaces.map((workspace) => workspace.organizationId))) {
      const organization = await findOrganization(db, id);
      if (organization === undefined) continue;
      const { defaultProjectId } = organization;
      const project = defaultProjectId === null ? undefined : await findProject(db, defaultProjectId);
      related.push(presentOrganization(organization, project?.externalId ?? null, call.actor));
    }
  }
  if (wanted.has("project")) {
    const names = new Map(workspaces.map(({ projectId, organizationName }) => [projectId, organizationName]));
    for (const [id, organizationName] of names) {
      const project = await findProject(db, id);
      if (project !== undefined) related.push(presentProject(project, organizationName, call.actor));
    }
  }
  if (wanted.has("current_run")) {
    const readable = workspaces.filter((workspace) => may(call.actor, "run:read", workspace));
    const ids = readable.flatMap(({ currentRunId }) => currentRunId ?? []);
    related.push(...(await loadRunResources(deps, call.actor, await listRunsById(db, ids))));
  }
  if (wanted.has("current_state_version")) {
    const states = readableStates(call.actor, workspaces);
    for (const version of await listStateVersionsById(db, [...states.keys()])) {
      related.push(await presentStateVersion(deps, version, []));
    }
  }
  return related;
}

/** The workspaces of the current states that the actor may read, by the states. */
function readableStates(actor: Actor, workspaces: readonly Workspace[]): ReadonlyMap<string, string> {
  return new Map(
    workspaces.flatMap((workspace): [string, string][] =>
      workspace.currentStateVersionId !== null && may(actor, "state:read", workspace)
        ? [[workspace.currentStateVersionId, workspace.id]]
        : [],
    ),
  );
}
