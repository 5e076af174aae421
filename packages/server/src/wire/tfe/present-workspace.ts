import { may, type Actor } from "../../features/access/index.ts";
import type { AssessmentSummary } from "../../features/assessments/index.ts";
import type { RunFigures } from "../../features/runs/index.ts";
import type { EffectiveTag, Tag, Workspace } from "../../features/workspaces/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

/** What belongs to a workspace and stands elsewhere. */
export interface WorkspaceParts {
  /** As far as its organization is concerned. */
  readonly canForceDelete: boolean;
  readonly tags: readonly Tag[];
  readonly assessment: AssessmentSummary | undefined;
  readonly variableIds: readonly string[];
  readonly configurationVersionId: string | undefined;
  /** Undefined: there was no run yet. */
  readonly figures: RunFigures | undefined;
  /** Beside those that every workspace shows. */
  readonly relationships: Readonly<Record<string, unknown>>;
}

// What terraform-provider-tfe takes for the name of a tag; a plan with any other ends there.
const flatTagPattern = /^[a-z0-9](?:[a-z0-9:_-]*[a-z0-9])?$/;

/**
 * A workspace as the clients read it. `permissions` is never null: the command line would crash. `tag-names` lists the
 * keys of tags with values too, as far as they could be plain tags, else it would write them again with every command. Source:
 * Terraform, internal/cloud.
 */
export function presentWorkspace(workspace: Workspace, parts: WorkspaceParts, actor: Actor): Resource {
  const { tags, assessment, figures } = parts;
  const canUpdate = may(actor, "workspace:write", workspace);
  const canRun = may(actor, "run:create", workspace);
  const canApply = may(actor, "run:apply", workspace);
  const canLock = may(actor, "workspace:lock", workspace);
  const { lock } = workspace;
  return {
    id: workspace.id,
    type: "workspaces",
    attributes: {
      name: workspace.name,
      description: workspace.description === "" ? null : workspace.description,
      "execution-mode": workspace.executionMode,
      operations: workspace.executionMode !== "local",
      locked: lock !== null,
      "locked-reason": lock?.reason ?? "",
      "setting-overwrites": {
        "execution-mode": workspace.executionModeOverwritten,
        "agent-pool": workspace.executionModeOverwritten,
      },
      "auto-apply": workspace.autoApply,
      "auto-apply-run-trigger": workspace.autoApplyRunTrigger,
      "allow-destroy-plan": workspace.allowDestroyPlan,
      "auto-destroy-at": toRfc3339OrNull(workspace.autoDestroyAt),
      "auto-destroy-activity-duration": workspace.effectiveActivityDuration,
      "inherits-project-auto-destroy": workspace.inheritsProjectAutoDestroy,
      "terraform-version": workspace.terraformVersion,
      engine: workspace.engineName,
      "working-directory": workspace.workingDirectory === "" ? null : workspace.workingDirectory,
      "vcs-repo": null,
      "tag-names": tags.flatMap(({ key, value }) => (value === "" || flatTagPattern.test(key) ? [key] : [])),
      "resource-count": workspace.resourceCount,
      "assessments-enabled": workspace.assessmentsEnabled,
      "last-assessment-result-at": assessment === undefined ? null : toRfc3339(assessment.finishedAt),
      "structured-run-output-enabled": workspace.structuredRunOutputEnabled,
      "speculative-enabled": workspace.speculativeEnabled,
      "queue-all-runs": workspace.queueAllRuns,
      "file-triggers-enabled": workspace.fileTriggersEnabled,
      "trigger-prefixes": workspace.triggerPrefixes,
      "trigger-patterns": workspace.triggerPatterns,
      "global-remote-state": workspace.globalRemoteState,
      "project-remote-state": workspace.projectRemoteState,
      "workspace-kpis-runs-count": figures?.runs ?? null,
      "run-failures": figures?.failures ?? null,
      "policy-check-failures": figures?.policyFailures ?? null,
      "plan-duration-average": figures?.planMsAverage ?? null,
      "apply-duration-average": figures?.applyMsAverage ?? null,
      "latest-change-at": toRfc3339(workspace.latestChangeAt),
      "hyok-enabled": false,
      environment: "default",
      source: "tfe-api",
      "source-name": workspace.sourceName,
      "source-url": workspace.sourceUrl,
      "created-at": toRfc3339(workspace.createdAt),
      "updated-at": toRfc3339(workspace.updatedAt),
      actions: { "is-destroyable": workspace.allowDestroyPlan },
      permissions: {
        "can-update": canUpdate,
        "can-destroy": may(actor, "workspace:delete", workspace),
        "can-force-delete": parts.canForceDelete && may(actor, "workspace:delete", workspace),
        "can-queue-run": canRun,
        "can-queue-apply": canApply,
        "can-queue-destroy": canApply && workspace.allowDestroyPlan,
        "can-lock": canLock,
        "can-unlock": canLock,
        "can-force-unlock": may(actor, "workspace:administer", workspace),
        "can-read-settings": may(actor, "workspace:read", workspace),
        "can-update-variable": may(actor, "variable:write", workspace),
        "can-read-variable": may(actor, "variable:read", workspace),
        "can-read-state-versions": may(actor, "state:read", workspace),
        "can-read-state-outputs": may(actor, "state:read-outputs", workspace),
        "can-create-state-versions": may(actor, "state:write", workspace),
        "can-read-run": may(actor, "run:read", workspace),
        "can-manage-tags": canUpdate,
        "can-manage-run-tasks": may(actor, "workspace:manage-tasks", workspace),
        "can-manage-ephemeral-workspaces": canUpdate,
        "can-read-assessment-results": may(actor, "assessment:read", workspace),
        "can-manage-assessments": canUpdate && may(actor, "assessment:run", workspace),
      },
    },
    relationships: {
      // The id of an organization is its name, here too: clients build URLs of it.
      organization: toOne("organizations", workspace.organizationName),
      project: toOne("projects", workspace.projectExternalId),
      ...(workspace.currentRunId === null ? {} : { "current-run": toOne("runs", workspace.currentRunId) }),
      ...(workspace.currentStateVersionId === null
        ? {}
        : { "current-state-version": toOne("state-versions", workspace.currentStateVersionId) }),
      ...(assessment === undefined ? {} : { "current-assessment-result": toOne("assessment-results", assessment.id) }),
      vars: toMany("vars", parts.variableIds),
      ...(parts.configurationVersionId === undefined
        ? {}
        : { "current-configuration-version": toOne("configuration-versions", parts.configurationVersionId) }),
      ...(workspace.agentPoolId === null ? {} : { "agent-pool": toOne("agent-pools", workspace.agentPoolId) }),
      ...(workspace.sshKeyId === null ? {} : { "ssh-key": toOne("ssh-keys", workspace.sshKeyId) }),
      "remote-state-consumers": {
        links: { related: `/api/v2/workspaces/${workspace.id}/relationships/remote-state-consumers` },
      },
      ...parts.relationships,
      ...(lock === null ? {} : { "locked-by": toOne(`${lock.kind}s`, lock.id) }),
    },
    links: {
      self: `/api/v2/organizations/${workspace.organizationName}/workspaces/${workspace.name}`,
      "self-html": `/app/${workspace.organizationName}/workspaces/${workspace.name}`,
    },
  };
}

/** A tag in the form that has values. */
export function presentTagBinding(workspaceId: string, tag: Tag): Resource {
  return { id: `${workspaceId}.${tag.key}`, type: "tag-bindings", attributes: { key: tag.key, value: tag.value } };
}

/** A tag as it counts for the workspace, with the project it comes from. Source: go-tfe tag.go, EffectiveTagBinding. */
export function presentEffectiveTag(workspaceId: string, tag: EffectiveTag): Resource {
  return {
    id: `${workspaceId}.${tag.key}`,
    type: "effective-tag-bindings",
    attributes: { key: tag.key, value: tag.value },
    ...(tag.inheritedFrom === null ? {} : { links: { "inherited-from": `/api/v2/projects/${tag.inheritedFrom}` } }),
  };
}
