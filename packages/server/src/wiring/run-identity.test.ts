import type { RunnerJob } from "@ingot/runner/protocol";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";

const dayMs = 86_400_000;
const timeLimitSeconds = 4 * 3600;

describe.each(databasesUnderTest())("the identity of runs on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  // The server's certificate begins at this time, and the client that checks it has the real one.
  let now = Date.now();
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  let counter = 0;

  /** The plan and the apply of a run in a workspace with these environment variables. */
  async function run(variables: Record<string, string>): Promise<{ plan: RunnerJob; apply: RunnerJob; name: string }> {
    const name = `identity-${++counter}`;
    const { id } = await tfe.createWorkspace(name);
    for (const [key, value] of Object.entries(variables)) {
      await tfe.must("POST", `workspaces/${id}/vars`, {
        data: { type: "vars", attributes: { key, value, category: "env" } },
      });
    }
    const { id: runId } = await tfe.createRun(id);
    const plan = await tfe.mustClaim();
    await tfe.finishPlan(plan);
    await tfe.must("POST", `runs/${runId}/actions/apply`, {});
    const apply = await tfe.mustClaim();
    await tfe.complete(apply, { outcome: "errored", message: "enough" });
    return { plan, apply, name };
  }

  const keys = async () => (await server.fetch("/.well-known/jwks")).json;
  async function verify(token: string | undefined, audience: string) {
    const options = { issuer: server.url, audience, currentDate: new Date(now) };
    return (await jwtVerify(token ?? "", createLocalJWKSet(await keys()), options)).payload;
  }

  it("is published to everybody, as OpenID Connect wants it, and nothing of it is private", async () => {
    const { json } = await server.fetch("/.well-known/openid-configuration");
    expect(json).toMatchObject({
      issuer: server.url,
      jwks_uri: `${server.url}/.well-known/jwks`,
      id_token_signing_alg_values_supported: ["RS256"],
    });
    const [key] = (await keys()).keys;
    expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    const stored = await server.db.selectFrom("identity_keys").selectAll().execute();
    expect(stored[0]?.private_key).not.toContain('"d"');
  });

  it("is a token for each audience that is asked for, of this phase, until its time is up, and masked", async () => {
    const { plan, apply, name } = await run({
      TFC_WORKLOAD_IDENTITY_AUDIENCE: "one",
      TFC_WORKLOAD_IDENTITY_AUDIENCE_OTHER: "two",
      TFC_WORKLOAD_IDENTITY_TOKEN: "a variable does not win over it",
    });
    const organization = await tfe.must("GET", `organizations/${tfe.organization}`);
    const claims = await verify(plan.environment["TFC_WORKLOAD_IDENTITY_TOKEN"], "one");
    const full = `organization:${tfe.organization}:project:default:workspace:${name}`;
    expect(claims).toMatchObject({
      sub: `${full}:run_phase:plan`,
      exp: Math.ceil(now / 1000) + timeLimitSeconds,
      terraform_organization_id: organization.attributes["external-id"],
      terraform_organization_name: tfe.organization,
      terraform_project_id: expect.stringMatching(/^prj-/),
      terraform_project_name: "default",
      terraform_workspace_id: plan.workspace.id,
      terraform_workspace_name: name,
      terraform_full_workspace: full,
      terraform_run_id: plan.run_id,
      terraform_run_phase: "plan",
    });
    const other = await verify(apply.environment["TFC_WORKLOAD_IDENTITY_TOKEN_OTHER"], "two");
    expect(other).toMatchObject({ sub: `${full}:run_phase:apply`, terraform_run_phase: "apply" });
    expect(plan.masked).toContain(plan.environment["TFC_WORKLOAD_IDENTITY_TOKEN"]);
    expect(apply.masked).toContain(apply.environment["TFC_WORKLOAD_IDENTITY_TOKEN_OTHER"]);
  });

  it("is nothing for a workspace that asks for nothing", async () => {
    const { plan } = await run({});
    expect(plan.identity).toBeUndefined();
    expect(Object.keys(plan.environment).filter((key) => key.includes("IDENTITY"))).toEqual([]);
  });

  it("logs in to AWS, Azure, GCP and Vault, with what the phase may, and with tags for more than one", async () => {
    const { plan, apply } = await run({
      TFC_AWS_PROVIDER_AUTH: "true",
      TFC_AWS_PLAN_ROLE_ARN: "arn:aws:iam::1:role/reader",
      TFC_AWS_RUN_ROLE_ARN: "arn:aws:iam::1:role/writer",
      TFC_AWS_PROVIDER_AUTH_EU: "true",
      TFC_DEFAULT_AWS_RUN_ROLE_ARN: "arn:aws:iam::2:role/eu",
      TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE_EU: "aws.eu",
      TFC_AZURE_PROVIDER_AUTH: "true",
      TFC_AZURE_RUN_CLIENT_ID: "client-1",
      TFC_GCP_PROVIDER_AUTH: "true",
      TFC_GCP_WORKLOAD_PROVIDER_NAME: "projects/1/locations/global/workloadIdentityPools/p/providers/i",
      TFC_GCP_RUN_SERVICE_ACCOUNT_EMAIL: "run@project.iam.gserviceaccount.com",
      TFC_VAULT_PROVIDER_AUTH: "true",
      TFC_VAULT_ADDR: "https://vault.example",
      TFC_VAULT_RUN_ROLE: "runs",
    });
    const { placeholder, files = {}, vaults = [], problem } = plan.identity ?? { placeholder: "" };
    expect(problem).toBeNull();
    const { environment } = plan;
    expect(environment).toMatchObject({
      AWS_ROLE_ARN: "arn:aws:iam::1:role/reader",
      AWS_WEB_IDENTITY_TOKEN_FILE: `${placeholder}/aws-token`,
      AWS_ROLE_SESSION_NAME: plan.run_id,
      ARM_USE_OIDC: "true",
      ARM_CLIENT_ID: "client-1",
      GOOGLE_CREDENTIALS: `${placeholder}/gcp-credentials.json`,
      VAULT_ADDR: "https://vault.example",
    });
    expect(apply.environment["AWS_ROLE_ARN"]).toBe("arn:aws:iam::1:role/writer");
    await verify(files["aws-token"], "aws.workload.identity");
    await verify(files["aws-token-EU"], "aws.eu");
    expect(files["aws-config-EU"]).toBe(
      `[default]\nrole_arn = arn:aws:iam::2:role/eu\nweb_identity_token_file = ${placeholder}/aws-token-EU\nrole_session_name = ${plan.run_id}\n`,
    );
    expect(JSON.parse(environment["TF_VAR_tfc_aws_dynamic_credentials"] ?? "")).toEqual({
      default: { shared_config_file: `${placeholder}/aws-config` },
      aliases: { EU: { shared_config_file: `${placeholder}/aws-config-EU` } },
    });
    await verify(environment["ARM_OIDC_TOKEN"], "api://AzureADTokenExchange");
    const gcp = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/i";
    await verify(files["gcp-token"], gcp);
    expect(JSON.parse(files["gcp-credentials.json"] ?? "")).toMatchObject({
      type: "external_account",
      audience: gcp,
      credential_source: { file: `${placeholder}/gcp-token` },
      service_account_impersonation_url: expect.stringContaining("run%40project.iam.gserviceaccount.com"),
    });
    expect(vaults).toEqual([
      {
        address: "https://vault.example",
        namespace: null,
        auth_path: "jwt",
        role: "runs",
        token: expect.any(String),
        ca_pem: null,
        token_file: "vault-token",
        in_environment: true,
      },
    ]);
    await verify(vaults[0]?.token, "vault.workload.identity");
    for (const secret of [files["aws-token"], environment["ARM_OIDC_TOKEN"], vaults[0]?.token]) {
      expect(plan.masked).toContain(secret);
    }
  });

  it("says what is missing instead of a run without credentials", async () => {
    const { plan } = await run({ TFC_GCP_PROVIDER_AUTH: "true", TFC_GCP_PROJECT_NUMBER: "1" });
    expect(plan.identity).toMatchObject({ files: {}, problem: expect.stringContaining("TFC_GCP_WORKLOAD_POOL_ID") });
  });

  it("is accepted by Ingot's own workload identity, for the workspace that its condition names", async () => {
    const bearer = { authorization: `Bearer ${server.bootstrap.admin.token}`, "content-type": "application/json" };
    const iam = async (path: string, body: object, headers: Record<string, string> = bearer) =>
      server.fetch(`/2019-12-10/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const made = await iam(`iam/project/${server.projectId}/service-principals`, { name: "runs" });
    const principal = made.json.service_principal.resource_name as string;
    const provider = `${principal}/workload-identity-provider/ingot`;
    const subject = `organization:${tfe.organization}:project:default:workspace:identity-${counter + 1}:run_phase:plan`;
    await iam(`${principal}/workload-identity-providers`, {
      name: "ingot",
      provider: {
        conditional_access: `jwt_claims.sub == ${JSON.stringify(subject)}`,
        oidc_config: { issuer_uri: server.url },
      },
    });
    const { plan, apply } = await run({
      TFC_HCP_PROVIDER_AUTH: "true",
      TFC_HCP_RUN_PROVIDER_RESOURCE_NAME: provider,
    });
    expect(plan.environment).toMatchObject({ HCP_CRED_FILE: `${plan.identity?.placeholder}/hcp-credentials.json` });
    expect(plan.environment).not.toHaveProperty("HCP_CLIENT_SECRET");
    expect(JSON.parse(plan.identity?.files["hcp-credentials.json"] ?? "")).toEqual({
      scheme: "workload",
      workload: { provider_resource_name: provider, file: { path: `${plan.identity?.placeholder}/hcp-token` } },
    });
    const exchange = (job: RunnerJob) =>
      iam(
        `${provider}/exchange-token`,
        { jwt_token: job.identity?.files["hcp-token"] },
        { "content-type": "application/json" },
      );
    const given = await exchange(plan);
    expect(given.status, given.text).toBe(200);
    const caller = await server.fetch("/iam/2019-12-10/caller-identity", {
      headers: { authorization: `Bearer ${given.json.access_token}` },
    });
    expect(caller.json.principal.service.name).toBe("runs");
    expect((await exchange(apply)).status).toBe(401);
  });

  it("outlives a change of keys: the next is published before it signs, and the last for as long as its tokens", async () => {
    const sign = async () =>
      (await run({ TFC_WORKLOAD_IDENTITY_AUDIENCE: "a" })).plan.environment["TFC_WORKLOAD_IDENTITY_TOKEN"];
    const idsOf = async () => ((await keys()).keys as { kid: string }[]).map(({ kid }) => kid);
    const kidOf = (token: string | undefined) => decodeProtectedHeader(token ?? "").kid;
    const [first] = await idsOf();
    now += 91 * dayMs;
    await server.settle();
    const [second, ...others] = (await idsOf()).filter((id) => id !== first);
    expect(others).toEqual([]);
    const old = await sign();
    expect(kidOf(old)).toBe(first);
    now += 3_600_000;
    await server.settle();
    expect(kidOf(await sign())).toBe(second);
    await verify(old, "a");
    now += dayMs;
    await server.settle();
    expect(await idsOf()).toEqual([second]);
  });
});
