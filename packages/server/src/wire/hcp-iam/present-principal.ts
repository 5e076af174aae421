import type { Actor } from "../../features/access/index.ts";
import type { Group } from "../../features/groups/index.ts";
import type { Principal, ServicePrincipal, ServicePrincipalRef, ShownKey } from "../../features/principals/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { writeResourceName } from "../shared/resource-names.ts";

/** The model ServicePrincipal. That of an organization must have no project. Source: terraform-provider-hcp. */
export function presentServicePrincipal(principal: ServicePrincipal) {
  const { id, name, organizationId, projectId } = principal;
  return {
    id,
    name,
    organization_id: organizationId,
    project_id: projectId ?? "",
    resource_name: writeResourceName({ kind: "service-principal", parent: parentOf(principal), name }),
    created_at: toRfc3339(principal.createdAt),
  };
}

function parentOf({ organizationId, projectId }: ServicePrincipal): ServicePrincipalRef["parent"] {
  return projectId === null ? { type: "organization", id: organizationId } : { type: "project", id: projectId };
}

/** The model ServicePrincipalKey: its id is the client's. */
export function presentKey(principal: ServicePrincipal, key: ShownKey) {
  const { resource_name: owner } = presentServicePrincipal(principal);
  return {
    client_id: key.clientId,
    resource_name: `${owner}/key/${key.clientId}`,
    state: "ACTIVE",
    created_at: toRfc3339(key.createdAt),
  };
}

/** The model UserPrincipal. People sign in with a token here, which HCP has no word for. */
export function presentUser(user: Pick<Principal, "id" | "name" | "email">) {
  return {
    id: user.id,
    email: user.email ?? "",
    full_name: user.name,
    subject: user.id,
    identity_type: "EMAIL_PASSWORD",
    identity_types: ["EMAIL_PASSWORD"],
    scim_synchronized: false,
  };
}

/** The model Principal of a user or a service principal. */
export function presentPrincipal(principal: Principal, groupIds: readonly string[]) {
  const { id } = principal;
  return principal.kind === "user"
    ? { id, type: "PRINCIPAL_TYPE_USER", group_ids: groupIds, user: presentUser(principal) }
    : { id, type: "PRINCIPAL_TYPE_SERVICE", group_ids: groupIds, service: presentServicePrincipal(principal) };
}

/** The model Principal of a group. */
export function presentGroupPrincipal(group: Group) {
  return { id: group.id, type: "PRINCIPAL_TYPE_GROUP", group_ids: [], group: presentGroup(group) };
}

/** The model Principal of a caller that is no principal: a run, an assessment or a runner. */
export function presentProgram({ id, name, organizationId }: Actor) {
  return {
    id,
    type: "PRINCIPAL_TYPE_SERVICE",
    group_ids: [],
    service: { id, name, organization_id: organizationId, project_id: "" },
  };
}

/** The model Group. */
export function presentGroup(group: Group) {
  return {
    resource_id: group.id,
    resource_name: writeResourceName({ kind: "group", organizationId: group.organizationId, name: group.name }),
    display_name: group.displayName,
    description: group.description,
    member_count: group.memberCount,
    scim_synchronized: group.scimSynchronized,
    created_at: toRfc3339(group.createdAt),
    updated_at: toRfc3339(group.updatedAt),
  };
}
