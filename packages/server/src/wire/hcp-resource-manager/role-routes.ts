import { Type, type Static } from "typebox";
import { assignableRoles, may, roles, type Actor, type BindingLevel, type Where } from "../../features/access/index.ts";
import { getBucket } from "../../features/buckets/index.ts";
import { getOrganization } from "../../features/organizations/index.ts";
import { getProject } from "../../features/projects/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Reply, type Route } from "../shared/plane.ts";
import { parseResourceName } from "../shared/resource-names.ts";
import { given, queryText } from "../shared/rpc-body.ts";
import { onlyPage } from "../shared/rpc-page.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";
import { findRoleById, parsePermission, presentRole } from "./role-ids.ts";

const TestBody = Type.Object({ permissions: given(Type.Array(Type.String(), { maxItems: 1000 })) });

/** Which roles there are, and what the caller may do. Source: hcp-resource-manager-2019-12-10. */
export function roleRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id/roles",
      needs: "organization:read",
      audit: "OrganizationService_ListRoles",
      handle: async ({ actor, params }) => {
        await getOrganization(deps.db, actor, params["id"] ?? "");
        return ok({ roles: assignableRoles.map(presentRole), pagination: onlyPage });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id/roles/:role",
      needs: "organization:read",
      audit: "OrganizationService_GetRole",
      handle: async ({ actor, params }) => {
        await getOrganization(deps.db, actor, params["id"] ?? "");
        const id = `roles/${params["role"] ?? ""}`;
        const role = findRoleById(id);
        if (role === undefined) {
          throw new DomainError("not_found", "role_not_found", `The role with identifier ${id} does not exist.`);
        }
        return ok({ role: presentRole(role) });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/resource/roles",
      needs: "project:read",
      audit: "ResourceService_ListRoles",
      handle: async ({ actor, query }) => {
        const level = await findLevel(deps, actor, queryText(query, "resource.name"));
        const applicable = assignableRoles.filter((role) => roles[role].levels.includes(level));
        return ok({ roles: applicable.map(presentRole), pagination: onlyPage });
      },
    },
    {
      method: "POST",
      path: "/2019-12-10/organizations/:id/test-iam-permissions",
      needs: "organization:read",
      audit: "OrganizationService_TestIamPermissions",
      reads: true,
      body: TestBody,
      handle: async ({ actor, params, body }) => {
        const { id } = await getOrganization(deps.db, actor, params["id"] ?? "");
        return allowed(actor, { organizationId: id }, body);
      },
    },
    {
      method: "POST",
      path: "/2019-12-10/projects/:id/test-iam-permissions",
      needs: "project:read",
      audit: "ProjectService_TestIamPermissions",
      reads: true,
      body: TestBody,
      handle: async ({ actor, params, body }) => {
        const { organizationId, id: projectId } = await getProject(deps.db, actor, params["id"] ?? "");
        return allowed(actor, { organizationId, projectId }, body);
      },
    },
  ];
}

function allowed(actor: Actor, where: Where, body: unknown): Reply {
  const { permissions } = body as Static<typeof TestBody>;
  return ok({
    allowed_permissions: (permissions ?? []).filter((name) => {
      const permission = parsePermission(name);
      return permission !== undefined && may(actor, permission, where);
    }),
  });
}

/** Errors: invalid/resource_name, and those of a resource that the caller cannot see. */
async function findLevel(deps: HcpResourceManagerDeps, actor: Actor, name: string | undefined): Promise<BindingLevel> {
  const resource = parseResourceName(name ?? "");
  switch (resource?.kind) {
    case "organization":
      await getOrganization(deps.db, actor, resource.id);
      return "organization";
    case "project":
      await getProject(deps.db, actor, resource.id);
      return "project";
    case "bucket": {
      const { projectId, name: bucketName } = resource;
      await getBucket(deps.db, actor, { organizationId: actor.organizationId, projectId, name: bucketName });
      return "bucket";
    }
    default:
      throw new DomainError(
        "invalid",
        "resource_name",
        "Give resource.name: organization/<id>, project/<id> or packer/project/<id>/bucket/<name>.",
      );
  }
}
