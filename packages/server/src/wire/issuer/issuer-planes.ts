import type { TokenIssuer } from "../../features/run-identity/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { presentJsonError } from "../shared/json-errors.ts";
import { ok, type Plane, type Reply } from "../shared/plane.ts";

export interface IssuerPlanesDeps {
  readonly issuer: Pick<TokenIssuer, "publicKeys">;
  readonly publicUrl: () => string;
}

const keysPath = "/.well-known/jwks";

const ofRuns = [
  "organization_id",
  "organization_name",
  "project_id",
  "project_name",
  "workspace_id",
  "workspace_name",
  "full_workspace",
  "run_id",
  "run_phase",
].map((name) => `terraform_${name}`);

/**
 * What clouds read before they trust a run: the discovery document and the keys. Source: OpenID Connect Discovery 1.0;
 * HCP Terraform, Workload identity.
 */
export function createIssuerPlanes(deps: IssuerPlanesDeps): Plane[] {
  return [
    document("issuer-discovery", "/.well-known/openid-configuration", "issuer.discover", async () =>
      ok({
        issuer: deps.publicUrl(),
        jwks_uri: `${deps.publicUrl()}${keysPath}`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        scopes_supported: ["openid"],
        claims_supported: ["sub", "aud", "exp", "iat", "iss", "jti", "nbf", ...ofRuns],
      }),
    ),
    document("issuer-keys", keysPath, "issuer.read-keys", async () => ok({ keys: await deps.issuer.publicKeys() })),
  ];
}

function document(name: string, prefix: string, audit: string, handle: () => Promise<Reply>): Plane {
  return {
    name,
    prefixes: [prefix],
    routes: [{ method: "GET", path: "/", needs: "public", audit, handle }],
    contentType: "application/json",
    jsonTypes: [],
    authenticate: async () => undefined,
    presentError: presentJsonError,
    unknownPath: () => new DomainError("not_found", "unknown_path", `Only ${prefix} itself is served.`),
  };
}
