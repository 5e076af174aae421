import { Type, type Static } from "typebox";
import { findOrganization, getOrganization, renameOrganization } from "../../features/organizations/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import { onlyPage } from "../shared/rpc-page.ts";
import { presentOrganization } from "./present-tenancy.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";

const SetNameBody = Type.Object({ name: Type.String() });

export function organizationRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/organizations",
      needs: "organization:read",
      audit: "OrganizationService_List",
      async handle({ actor }) {
        const organization = await findOrganization(deps.db, actor.organizationId);
        const now = deps.now();
        const organizations = organization === undefined ? [] : [presentOrganization(organization, now)];
        return ok({ organizations, pagination: onlyPage });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id",
      needs: "organization:read",
      audit: "OrganizationService_Get",
      async handle({ actor, params }) {
        const organization = await getOrganization(deps.db, actor, params["id"] ?? "");
        return ok({ organization: presentOrganization(organization, deps.now()) });
      },
    },
    {
      method: "PUT",
      path: "/2019-12-10/organizations/:id/name",
      needs: "organization:write",
      audit: "OrganizationService_SetName",
      body: SetNameBody,
      async handle({ actor, params, body }) {
        const { name } = body as Static<typeof SetNameBody>;
        const organization = await renameOrganization(deps, actor, params["id"] ?? "", name);
        return ok({ organization: presentOrganization(organization, deps.now()) });
      },
    },
  ];
}
