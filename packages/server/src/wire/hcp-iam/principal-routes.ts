import { findPrincipal } from "../../features/principals/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { presentCaller } from "./present-principal.ts";

export function principalRoutes(deps: HcpIamDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/caller-identity",
      needs: "authenticated",
      audit: "IamService_GetCallerIdentity",
      handle: async ({ actor }) => {
        const principal = await findPrincipal(deps.db, actor.id);
        return ok({ principal: presentCaller(actor, principal?.projectId ?? null) });
      },
    },
  ];
}
