import { ok, type Route } from "../shared/plane.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { presentCaller } from "./present-principal.ts";

export function principalRoutes(_deps: HcpIamDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/caller-identity",
      needs: "authenticated",
      audit: "IamService_GetCallerIdentity",
      handle: ({ actor }) => Promise.resolve(ok({ principal: presentCaller(actor) })),
    },
  ];
}
