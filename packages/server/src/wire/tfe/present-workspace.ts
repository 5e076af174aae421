import { may, type Actor } from "../../features/access/index.ts";
import type { AssessmentSummary } from "../../features/assessments/index.ts";
import type { Tag, Workspace } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toOne, type Resource } from "./json-api.ts";

/**
 * A workspace as the clients read it. `permissions` is never null: the command line would crash. `tag-names` lists the
 * keys of tags with values too, else it would write them again with every command. Source: Terraform, internal/cloud.
 */
export function presentWorkspace(
  workspace: Workspace,
  tags: readonly Tag[],
  assessment: AssessmentSummary | undefined,
  actor: Actor,
): Resource {
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
      "auto-apply": workspace.autoApply,
      "allow-destroy-plan": true,
      "terraform-version": workspace.terraformVersion,
      engine: workspace.engineName,
      "working-directory": workspace.workingDirectory === "" ? null : workspace.workingDirectory,
      "vcs-repo": null,
      "tag-names": tags.map((tag) => tag.key),
      "resource-count": workspace.resourceCount,
      "assessments-enabled": workspace.assessmentsEnabled,
      "last-assessment-result-at": assessment === undefined ? null : toRfc3339(assessment.finishedAt),
      // Logs are the engine's own text: clients print them as they are.
      "structured-run-output-enabled": false,
      "speculative-enabled": true,
      "queue-all-runs": false,
      "file-triggers-enabled": false,
      "global-remote-state": false,
      environment: "default",
      source: "tfe-api",
      "created-at": toRfc3339(workspace.createdAt),
      "updated-at": toRfc3339(workspace.updatedAt),
      actions: { "is-destroyable": true },
      permissions: {
        "can-update": canUpdate,
        "can-destroy": may(actor, "workspace:delete", workspace),
        "can-force-delete": may(actor, "workspace:delete", workspace),
        "can-queue-run": canRun,
        "can-queue-apply": canApply,
        "can-queue-destroy": canApply,
        "can-lock": canLock,
        "can-unlock": canLock,
        "can-force-unlock": may(actor, "workspace:delete", workspace),
        "can-read-settings": may(actor, "workspace:read", workspace),
        "can-update-variable": may(actor, "variable:write", workspace),
        "can-read-variable": may(actor, "variable:read", workspace),
        "can-read-state-versions": may(actor, "state:read", workspace),
        "can-read-state-outputs": may(actor, "state:read", workspace),
        "can-create-state-versions": may(actor, "state:write", workspace),
        "can-read-run": may(actor, "run:read", workspace),
        "can-manage-tags": canUpdate,
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
      ...(lock === null ? {} : { "locked-by": toOne(lock.kind === "run" ? "runs" : "users", lock.id) }),
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
