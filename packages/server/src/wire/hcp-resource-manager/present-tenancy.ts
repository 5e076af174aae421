import type { Organization } from "../../features/organizations/index.ts";
import type { Project } from "../../features/projects/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";

/** The model Organization. */
export function presentOrganization(organization: Organization, now: Millis) {
  return {
    id: organization.id,
    name: organization.name,
    owner: {},
    created_at: toRfc3339(inThePast(organization.createdAt, now)),
    state: "ACTIVE",
    tfc_synced: false,
  };
}

/** The model Project. Clients read `parent.id` without asking whether there is a parent. */
export function presentProject(project: Project, now: Millis) {
  return {
    id: project.id,
    name: project.name,
    parent: { type: "ORGANIZATION", id: project.organizationId },
    created_at: toRfc3339(inThePast(project.createdAt, now)),
    state: "ACTIVE",
    description: project.description,
  };
}

/**
 * Clients look for the oldest project created strictly before their own clock, and crash when there is none: a project
 * of this second is shown as a second older. Source: packer, internal/hcp/api/client.go.
 */
function inThePast(createdAt: Millis, now: Millis): Millis {
  return Math.min(createdAt, now - 1000);
}
