import { findPolicies, findVersions, type PolicySetView } from "../../features/policy-sets/index.ts";
import { findProjectByExternalId } from "../../features/projects/index.ts";
import { findWorkspaces } from "../../features/workspaces/index.ts";
import type { Call } from "../shared/plane.ts";
import { includes, type Resource } from "./json-api.ts";
import { presentPolicy } from "./policy-routes.ts";
import { presentPolicySet, presentVersion } from "./present-policy-set.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

/** Policy sets with what was asked to be included; a few statements however many they are. */
export async function loadPolicySets(
  deps: TfeDeps,
  call: Call,
  views: readonly PolicySetView[],
): Promise<{ readonly resources: Resource[]; readonly included: Resource[] }> {
  const versionIds = views.flatMap(({ set }) => [set.currentVersionId ?? [], set.newestVersionId ?? []].flat());
  const versions = new Map((await findVersions(deps.db, [...new Set(versionIds)])).map((one) => [one.id, one]));
  const resources = views.map((view) => {
    const { currentVersionId } = view.set;
    const current = currentVersionId === null ? undefined : versions.get(currentVersionId);
    return presentPolicySet(view, current?.policyCount ?? view.members.policyIds.length);
  });
  return { resources, included: await includedOf(deps, call, views) };
}

async function includedOf(deps: TfeDeps, call: Call, views: readonly PolicySetView[]): Promise<Resource[]> {
  const wanted = includes(call);
  const included: Resource[] = [];
  if (wanted.has("policies")) {
    const ids = unique(views.flatMap(({ members }) => members.policyIds));
    included.push(...(await findPolicies(deps.db, ids)).map(presentPolicy));
  }
  const workspaceIds = unique(
    views.flatMap(({ members }) => [
      ...(wanted.has("workspaces") ? members.workspaceIds : []),
      ...(wanted.has("workspace_exclusions") ? members.excludedWorkspaceIds : []),
    ]),
  );
  if (workspaceIds.length > 0) {
    included.push(...(await loadWorkspaces(deps.db, await findWorkspaces(deps.db, workspaceIds), call.actor)));
  }
  const projectIds = unique(
    views.flatMap(({ members }) => [
      ...(wanted.has("projects") ? members.projectIds : []),
      ...(wanted.has("project_exclusions") ? members.excludedProjectIds : []),
    ]),
  );
  for (const externalId of projectIds) {
    const project = await findProjectByExternalId(deps.db, externalId);
    if (project !== undefined) included.push({ id: externalId, type: "projects", attributes: { name: project.name } });
  }
  const versionIds = unique(
    views.flatMap(({ set }) => [
      ...(wanted.has("current_version") ? [set.currentVersionId ?? []].flat() : []),
      ...(wanted.has("newest_version") ? [set.newestVersionId ?? []].flat() : []),
    ]),
  );
  for (const version of await findVersions(deps.db, versionIds)) {
    const url = version.status === "pending" ? await signLink(deps, "policy-set-version", version.id) : null;
    included.push(presentVersion(version, url));
  }
  return included;
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
