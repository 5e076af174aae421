import { Type, type Static } from "typebox";
import {
  createKey,
  createServicePrincipal,
  deleteKey,
  deleteServicePrincipal,
  getServicePrincipal,
  listServicePrincipals,
  type PrincipalParent,
} from "../../features/principals/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import { pageOrder, parsePage, presentPagination } from "../shared/rpc-page.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { presentKey, presentServicePrincipal } from "./present-principal.ts";

const CreateBody = Type.Object({ name: Type.String() });

type IamRoute = Route & { readonly prefix: string };

/** Source: hcp-sdk-go, service_principals_service; the same routes below a project and below the organization. */
export function servicePrincipalRoutes(deps: HcpIamDeps): IamRoute[] {
  return (["project", "organization"] as const).flatMap((type) => [
    ...collectionRoutes(deps, type),
    ...itemRoutes(deps, type),
  ]);
}

function collectionRoutes(deps: HcpIamDeps, type: PrincipalParent["type"]): IamRoute[] {
  const path = `/${type}/:parent_id/service-principals`;
  return [
    {
      prefix: "/2019-12-10/iam",
      method: "GET",
      path,
      needs: "principal:read",
      audit: "ServicePrincipalsService_ListServicePrincipals",
      async handle({ actor, params, query }) {
        const operation = "ServicePrincipalsService_ListServicePrincipals";
        const order = pageOrder(deps, { operation, params: { ...params, type }, query, body: null });
        const page = parsePage(query, order);
        const cut = await listServicePrincipals(deps.db, actor, { type, id: params["parent_id"] ?? "" }, page);
        return ok({
          service_principals: cut.items.map(presentServicePrincipal),
          pagination: presentPagination(cut, order),
        });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "POST",
      path,
      needs: "principal:write",
      audit: "ServicePrincipalsService_CreateServicePrincipal",
      body: CreateBody,
      async handle({ actor, params, body }) {
        const { name } = body as Static<typeof CreateBody>;
        const ref = { parent: { type, id: params["parent_id"] ?? "" }, name };
        return ok({ service_principal: presentServicePrincipal(await createServicePrincipal(deps, actor, ref)) });
      },
    },
  ];
}

function itemRoutes(deps: HcpIamDeps, type: PrincipalParent["type"]): IamRoute[] {
  const path = `/${type}/:parent_id/service-principal/:name`;
  const refOf = (params: Readonly<Record<string, string>>) => ({
    parent: { type, id: params["parent_id"] ?? "" },
    name: params["name"] ?? "",
  });
  return [
    {
      prefix: "/2019-12-10/iam",
      method: "GET",
      path,
      needs: "principal:read",
      audit: "ServicePrincipalsService_GetServicePrincipal",
      async handle({ actor, params }) {
        const { servicePrincipal, keys } = await getServicePrincipal(deps.db, actor, refOf(params));
        return ok({
          service_principal: presentServicePrincipal(servicePrincipal),
          keys: keys.map((key) => presentKey(servicePrincipal, key)),
        });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "DELETE",
      path,
      needs: "principal:write",
      audit: "ServicePrincipalsService_DeleteServicePrincipal",
      async handle({ actor, params }) {
        await deleteServicePrincipal(deps, actor, refOf(params));
        return ok({});
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "POST",
      path: `${path}/keys`,
      needs: "principal:write",
      audit: "ServicePrincipalsService_CreateServicePrincipalKey",
      async handle({ actor, params }) {
        const { servicePrincipal, key } = await createKey(deps, actor, refOf(params));
        return ok({ key: presentKey(servicePrincipal, key), client_secret: key.clientSecret });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "DELETE",
      path: `${path}/key/:client_id`,
      needs: "principal:write",
      audit: "ServicePrincipalsService_DeleteServicePrincipalKey",
      async handle({ actor, params }) {
        await deleteKey(deps, actor, refOf(params), params["client_id"] ?? "");
        return ok({});
      },
    },
  ];
}
