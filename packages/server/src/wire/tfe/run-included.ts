import { may } from "../../features/access/index.ts";
import { findConfigurationVersions } from "../../features/config-versions/index.ts";
import { listPhases, listStages, type Run } from "../../features/runs/index.ts";
import { findWorkspaces } from "../../features/workspaces/index.ts";
import type { Call } from "../shared/plane.ts";
import { presentConfigurationVersion } from "./configuration-version-routes.ts";
import { includes, type Resource } from "./json-api.ts";
import { presentAuthor } from "./present-run.ts";
import { phaseResource } from "./run-resources.ts";
import { loadStages } from "./task-stage-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

/** Included objects carry their attributes: a stub alone would read as zero values. Each is there once. */
export async function includedOfRuns(deps: TfeDeps, call: Call, runs: readonly Run[]): Promise<Resource[]> {
  const wanted = includes(call);
  const included = new Map<string, Resource>();
  const add = (resources: readonly Resource[]): void => {
    for (const resource of resources) included.set(`${resource.type} ${resource.id}`, resource);
  };
  if (wanted.has("workspace")) {
    const workspaces = await findWorkspaces(deps.db, [...new Set(runs.map((run) => run.workspaceId))]);
    add(await loadWorkspaces(deps.db, workspaces, call.actor));
  }
  if (wanted.has("plan") || wanted.has("apply")) {
    for (const phase of await listPhases(
      deps.db,
      runs.map((run) => run.id),
    )) {
      if (wanted.has(phase.kind)) add([await phaseResource(deps, phase)]);
    }
  }
  if (wanted.has("task_stages")) {
    const stages = await listStages(
      deps.db,
      runs.map((run) => run.id),
    );
    add((await loadStages(deps, stages, { wanted: new Set(), mayOverride: overridable(call, runs) })).resources);
  }
  if (wanted.has("configuration_version") || wanted.has("configuration_version.ingress_attributes")) {
    const ids = [...new Set(runs.map((run) => run.configurationVersionId))];
    add((await findConfigurationVersions(deps.db, ids)).map((version) => presentConfigurationVersion(version, null)));
  }
  if (wanted.has("created_by")) {
    add(
      runs.flatMap((run) =>
        run.createdById === null ? [] : [presentAuthor({ id: run.createdById, name: run.createdByName })],
      ),
    );
  }
  return [...included.values()];
}

/** Of which of these runs the caller may override what policies have found. */
export function overridable(call: Call, runs: readonly Run[]): ReadonlySet<string> {
  return new Set(runs.filter((run) => may(call.actor, "run:override-policy", run)).map((run) => run.id));
}
