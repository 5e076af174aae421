import { may, type Actor } from "../../features/access/index.ts";
import type { Project, ProjectTag } from "../../features/projects/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toOne, type Resource } from "./json-api.ts";

/** A project as Terraform clients read it. Source: go-tfe project.go. */
export function presentProject(
  project: Project,
  organizationName: string,
  actor: Actor,
  relationships: Readonly<Record<string, unknown>> = {},
): Resource {
  const place = { organizationId: project.organizationId, projectId: project.id };
  const canUpdate = may(actor, "project:write", place);
  const { defaultAgentPoolId } = project;
  return {
    id: project.externalId,
    type: "projects",
    attributes: {
      name: project.name,
      description: project.description,
      "created-at": toRfc3339(project.createdAt),
      "default-execution-mode": project.defaultExecutionMode,
      "setting-overwrites": {
        "default-execution-mode": project.executionModeOverwritten,
        "default-agent-pool": project.executionModeOverwritten,
      },
      "auto-destroy-activity-duration": project.autoDestroyActivityDuration,
      "is-unified": false,
      permissions: {
        "can-read": true,
        "can-update": canUpdate,
        "can-destroy": may(actor, "project:delete", place),
        "can-create-workspace": may(actor, "workspace:create", place),
        "can-manage-tags": canUpdate,
      },
    },
    relationships: {
      organization: toOne("organizations", organizationName),
      ...(defaultAgentPoolId === null ? {} : { "default-agent-pool": toOne("agent-pools", defaultAgentPoolId) }),
      ...relationships,
    },
    links: { self: `/api/v2/projects/${project.externalId}` },
  };
}

/** A tag of a project. What counts for a project is what it has: there is nothing above to inherit from. */
export function presentProjectTag(projectExternalId: string, tag: ProjectTag, type: string): Resource {
  return { id: `${projectExternalId}.${tag.key}`, type, attributes: { key: tag.key, value: tag.value } };
}
