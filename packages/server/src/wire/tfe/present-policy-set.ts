import type { PolicySetParameter, PolicySetVersion, PolicySetView } from "../../features/policy-sets/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

/**
 * A set as clients read it. `overridable` and the version of the tool are null where nothing evaluates them. Source: go-tfe,
 * TestPolicySetsUpdate.
 */
export function presentPolicySet({ set, members }: PolicySetView, policyCount: number): Resource {
  const isEvaluated = set.kind === "opa" || set.agentEnabled;
  return {
    id: set.id,
    type: "policy-sets",
    attributes: {
      name: set.name,
      description: set.description,
      kind: set.kind,
      global: set.global,
      overridable: isEvaluated ? set.overridable : null,
      "agent-enabled": set.agentEnabled,
      "policy-tool-version": isEvaluated ? (set.toolVersion ?? "latest") : null,
      versioned: set.currentVersionId !== null,
      "policies-path": null,
      "vcs-repo": null,
      "policy-update-patterns": [],
      "policy-count": policyCount,
      "workspace-count": members.workspaceIds.length,
      "project-count": members.projectIds.length,
      "created-at": toRfc3339(set.createdAt),
      "updated-at": toRfc3339(set.updatedAt),
    },
    relationships: {
      organization: toOne("organizations", set.organizationName),
      policies: toMany("policies", members.policyIds),
      ...(set.global
        ? {}
        : {
            workspaces: toMany("workspaces", members.workspaceIds),
            projects: toMany("projects", members.projectIds),
          }),
      "workspace-exclusions": toMany("workspaces", members.excludedWorkspaceIds),
      "project-exclusions": toMany("projects", members.excludedProjectIds),
      "newest-version": toOne("policy-set-versions", set.newestVersionId),
      "current-version": toOne("policy-set-versions", set.currentVersionId),
    },
    links: { self: `/api/v2/policy-sets/${set.id}` },
  };
}

/** `uploadUrl`: while it awaits its archive. */
export function presentVersion(version: PolicySetVersion, uploadUrl: string | null): Resource {
  return {
    id: version.id,
    type: "policy-set-versions",
    attributes: {
      source: "tfe-api",
      status: version.status,
      "status-timestamps": {
        "pending-at": toRfc3339(version.createdAt),
        ...(version.status === "pending" ? {} : { [`${version.status}-at`]: toRfc3339(version.updatedAt) }),
      },
      error: version.errorMessage === null ? null : "invalid-archive",
      "error-message": version.errorMessage,
      "created-at": toRfc3339(version.createdAt),
      "updated-at": toRfc3339(version.updatedAt),
    },
    relationships: { "policy-set": toOne("policy-sets", version.policySetId) },
    links: {
      self: `/api/v2/policy-set-versions/${version.id}`,
      ...(uploadUrl === null ? {} : { upload: uploadUrl }),
    },
  };
}

/** A sensitive value is null for everybody. */
export function presentParameter(parameter: PolicySetParameter): Resource {
  return {
    id: parameter.id,
    type: "vars",
    attributes: {
      key: parameter.key,
      value: parameter.sensitive ? null : parameter.value,
      category: "policy-set",
      sensitive: parameter.sensitive,
    },
    relationships: { configurable: toOne("policy-sets", parameter.policySetId) },
    links: { self: `/api/v2/policy-sets/${parameter.policySetId}/parameters/${parameter.id}` },
  };
}
