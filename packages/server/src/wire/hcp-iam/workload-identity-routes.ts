import { Type, type Static } from "typebox";
import {
  changeProvider,
  createProvider,
  deleteProvider,
  exchangeToken,
  getProvider,
  listProviders,
  providerResourceName,
  type ForeignToken,
  type ProviderContent,
  type ProviderRef,
  type TokenSource,
  type WorkloadIdentityProvider,
} from "../../features/workload-identity/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { given, parseUpdateMask, queryText } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, presentPagination } from "../shared/rpc-page.ts";
import type { HcpIamDeps } from "./iam-deps.ts";

const ProviderBody = Type.Object({
  description: given(Type.String()),
  conditional_access: given(Type.String()),
  aws_config: given(Type.Object({ account_id: given(Type.String()) })),
  oidc_config: given(
    Type.Object({ issuer_uri: given(Type.String()), allowed_audiences: given(Type.Array(Type.String())) }),
  ),
});
type ProviderBody = Static<typeof ProviderBody>;
const CreateBody = Type.Object({ name: Type.String(), provider: ProviderBody });

const ExchangeBody = Type.Object({
  jwt_token: given(Type.String({ maxLength: 16_384 })),
  aws_get_caller_id_token: given(
    Type.Object({
      method: Type.String({ maxLength: 16 }),
      url: Type.String({ maxLength: 2048 }),
      headers: Type.Record(Type.String(), Type.String()),
      body: given(Type.String({ maxLength: 2048 })),
    }),
  ),
});

// What a mask can name: the fields, and what is inside them, which stands for the whole.
const maskFields = [
  "description",
  "conditional_access",
  "aws_config",
  "account_id",
  "oidc_config",
  "issuer_uri",
  "allowed_audiences",
];

type IamRoute = Route & { readonly prefix: string };

/** Source: hcp-sdk-go, service_principals_service. */
export function workloadIdentityRoutes(deps: HcpIamDeps): IamRoute[] {
  // Those of an organization have none: asked for, they answer so in words.
  return (["project", "organization"] as const).flatMap((type) => [
    ...collectionRoutes(deps, type),
    ...itemRoutes(deps, type),
  ]);
}

type ParentType = ProviderRef["servicePrincipal"]["parent"]["type"];
type Params = Readonly<Record<string, string>>;

function ownerOf(type: ParentType, params: Params): ProviderRef["servicePrincipal"] {
  return { parent: { type, id: params["parent_id"] ?? "" }, name: params["name"] ?? "" };
}

function collectionRoutes(deps: HcpIamDeps, type: ParentType): IamRoute[] {
  const path = `/${type}/:parent_id/service-principal/:name/workload-identity-providers`;
  return [
    {
      prefix: "/2019-12-10/iam",
      method: "GET",
      path,
      needs: "principal:read",
      audit: "ServicePrincipalsService_ListWorkloadIdentityProvider",
      async handle({ actor, params, query }) {
        const operation = "ServicePrincipalsService_ListWorkloadIdentityProvider";
        const order = pageOrder(deps, { operation, params: { ...params, type }, query, body: null });
        const owner = ownerOf(type, params);
        const cut = await listProviders(deps.db, actor, owner, parsePage(query, order));
        return ok({
          providers: cut.items.map((one) => presentProvider({ servicePrincipal: owner, name: one.name }, one)),
          pagination: presentPagination(cut, order),
        });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "POST",
      path,
      needs: "principal:write",
      audit: "ServicePrincipalsService_CreateWorkloadIdentityProvider",
      body: CreateBody,
      async handle({ actor, params, body }) {
        const { name, provider } = body as Static<typeof CreateBody>;
        const ref = { servicePrincipal: ownerOf(type, params), name };
        return ok({ provider: presentProvider(ref, await createProvider(deps, actor, ref, contentOf(provider))) });
      },
    },
  ];
}

function itemRoutes(deps: HcpIamDeps, type: ParentType): IamRoute[] {
  const path = `/${type}/:parent_id/service-principal/:name/workload-identity-provider/:provider_name`;
  const refOf = (params: Params): ProviderRef => ({
    servicePrincipal: ownerOf(type, params),
    name: params["provider_name"] ?? "",
  });
  return [
    {
      prefix: "/2019-12-10/iam",
      method: "GET",
      path,
      needs: "principal:read",
      audit: "ServicePrincipalsService_GetWorkloadIdentityProvider",
      async handle({ actor, params }) {
        const ref = refOf(params);
        return ok({ provider: presentProvider(ref, await getProvider(deps.db, actor, ref)) });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "PATCH",
      path,
      needs: "principal:write",
      audit: "ServicePrincipalsService_UpdateWorkloadIdentityProvider",
      body: ProviderBody,
      async handle({ actor, params, body, query }) {
        const ref = refOf(params);
        const mask = queryText(query, "update_mask");
        const changed = await changeProvider(deps, actor, ref, (before) => applied(before, body as ProviderBody, mask));
        return ok({ provider: presentProvider(ref, changed) });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "DELETE",
      path,
      needs: "principal:write",
      audit: "ServicePrincipalsService_DeleteWorkloadIdentityProvider",
      async handle({ actor, params }) {
        const ref = refOf(params);
        const { id } = await deleteProvider(deps, actor, ref);
        return ok({ resource_id: id, resource_name: providerResourceName(ref) });
      },
    },
    {
      prefix: "/2019-12-10/iam",
      method: "POST",
      path: `${path}/exchange-token`,
      needs: "public",
      audit: "ServicePrincipalsService_ExchangeToken",
      body: ExchangeBody,
      bodyBytesMax: 64 << 10,
      async handle({ request, params, body }) {
        const foreign = foreignTokenOf(body as Static<typeof ExchangeBody>);
        const token = await exchange(deps, request.ip, refOf(params), foreign);
        return {
          ...ok({ access_token: token.secret, expires_in: token.secondsLeft }),
          headers: { "cache-control": "no-store" },
        };
      },
    },
  ];
}

/** Whoever is refused is counted by its address. */
async function exchange(deps: HcpIamDeps, address: string, ref: ProviderRef, foreign: ForeignToken) {
  const { ofClient: exchanges, ofAddress } = deps.tokenLimits;
  try {
    return await exchangeToken({ ...deps, exchanges }, ref, foreign);
  } catch (error) {
    if (error instanceof DomainError && error.kind === "unauthenticated") ofAddress.take(address, deps.now());
    throw error;
  }
}

function foreignTokenOf(body: Static<typeof ExchangeBody>): ForeignToken {
  const { jwt_token: jwt, aws_get_caller_id_token: aws } = body;
  if (jwt != null && jwt !== "" && aws == null) return { kind: "jwt", jwt };
  if (aws != null && (jwt == null || jwt === "")) return { kind: "aws", request: { ...aws, body: aws.body ?? "" } };
  throw new DomainError("invalid", "exchange", "Give either jwt_token or aws_get_caller_id_token.");
}

function contentOf(body: ProviderBody): ProviderContent {
  return {
    description: body.description ?? "",
    conditionalAccess: body.conditional_access ?? "",
    source: sourceOf(body),
  };
}

function sourceOf({ aws_config: aws, oidc_config: oidc }: ProviderBody): TokenSource {
  if (aws != null && oidc == null) return { kind: "aws", accountId: aws.account_id ?? "" };
  if (oidc != null && aws == null) {
    return { kind: "oidc", issuerUri: oidc.issuer_uri ?? "", allowedAudiences: oidc.allowed_audiences ?? [] };
  }
  throw new DomainError(
    "invalid",
    "token_source",
    "A workload identity provider has either aws_config or oidc_config.",
  );
}

/** Without a mask everything is replaced: that is how the provider for Terraform does it. */
function applied(before: ProviderContent, body: ProviderBody, mask: string | undefined): ProviderContent {
  if (mask === undefined) return contentOf(body);
  const named = parseUpdateMask(mask, maskFields);
  const hasSource = maskFields.slice(2).some((field) => named.has(field));
  return {
    description: named.has("description") ? (body.description ?? "") : before.description,
    conditionalAccess: named.has("conditional_access") ? (body.conditional_access ?? "") : before.conditionalAccess,
    source: hasSource ? sourceOf(body) : before.source,
  };
}

/** The model WorkloadIdentityProvider. No audiences are an empty list, never absent. Source: terraform-provider-hcp. */
function presentProvider(ref: ProviderRef, provider: WorkloadIdentityProvider) {
  const { source } = provider;
  return {
    resource_id: provider.id,
    resource_name: providerResourceName(ref),
    description: provider.description,
    conditional_access: provider.conditionalAccess,
    ...(source.kind === "aws"
      ? { aws_config: { account_id: source.accountId } }
      : { oidc_config: { issuer_uri: source.issuerUri, allowed_audiences: source.allowedAudiences } }),
    system_managed: false,
    created_at: toRfc3339(provider.createdAt),
    updated_at: toRfc3339(provider.updatedAt),
  };
}
