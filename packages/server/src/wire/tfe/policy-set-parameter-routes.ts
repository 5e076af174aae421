import { Type } from "typebox";
import {
  createParameter,
  deleteParameter,
  getParameter,
  listParameters,
  updateParameter,
  type ParameterChange,
} from "../../features/policy-sets/index.ts";
import type { Call, Route } from "../shared/plane.ts";
import { attributesOf, document, maybe, pageDocument, pageOf, param, resourceBody } from "./json-api.ts";
import { presentParameter } from "./present-policy-set.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const Body = resourceBody("vars", {
  key: maybe(Type.String({ maxLength: 512 })),
  value: maybe(Type.String()),
  category: maybe(Type.Literal("policy-set")),
  sensitive: maybe(Type.Boolean()),
});

/** What the policies of a set are told. Source: go-tfe policy_set_parameter.go. */
export function policySetParameterRoutes(deps: TfeDeps): Route[] {
  const collection = "/policy-sets/:policy_set_id/parameters";
  const one = `${collection}/:parameter_id`;
  const ids = (call: Call) => [param(call, "policy_set_id"), param(call, "parameter_id")] as const;
  return [
    {
      method: "GET",
      path: collection,
      needs: "policy-set:read",
      audit: "policy-set-parameter.list",
      handle: async (call) => {
        const page = pageOf(call);
        const paged = await listParameters(deps, call.actor, param(call, "policy_set_id"), page);
        return pageDocument(page, paged, presentParameter);
      },
    },
    {
      method: "POST",
      path: collection,
      needs: "policy-set:write",
      audit: "policy-set-parameter.create",
      body: Body,
      handle: async (call) => {
        const input = { key: "", ...changeOf(call) };
        const parameter = await createParameter(deps, call.actor, param(call, "policy_set_id"), input);
        return document(presentParameter(parameter), [], 201);
      },
    },
    {
      method: "GET",
      path: one,
      needs: "policy-set:read",
      audit: "policy-set-parameter.read",
      handle: async (call) => document(presentParameter(await getParameter(deps, call.actor, ...ids(call)))),
    },
    {
      method: "PATCH",
      path: one,
      needs: "policy-set:write",
      audit: "policy-set-parameter.update",
      body: Body,
      handle: async (call) =>
        document(presentParameter(await updateParameter(deps, call.actor, ...ids(call), changeOf(call)))),
    },
    {
      method: "DELETE",
      path: one,
      needs: "policy-set:write",
      audit: "policy-set-parameter.delete",
      handle: async (call) => {
        await deleteParameter(deps, call.actor, ...ids(call));
        return { status: 204 };
      },
    },
  ];
}

function changeOf(call: Call): ParameterChange {
  const { key, value, sensitive } = attributesOf<{ key: string; value: string; sensitive: boolean }>(call);
  return {
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
    ...(sensitive === undefined ? {} : { sensitive }),
  };
}
