import type { RunnerJob } from "@ingot/runner/protocol";
import { CloudSettings, tagsOf } from "./cloud-settings.ts";

export interface CredentialsInput {
  /** The environment variables of the run. */
  readonly variables: Readonly<Record<string, string>>;
  readonly phase: "plan" | "apply";
  readonly runId: string;
  /** Stands for the directory of the files; the runner puts the real one in its place. */
  readonly directory: string;
  readonly issue: (audience: string) => Promise<string>;
}

export interface DynamicCredentials {
  /** On top of the variables; undefined takes one away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By name. */
  readonly files: Readonly<Record<string, string>>;
  readonly vaults: NonNullable<RunnerJob["identity"]>["vaults"];
}

interface Made {
  /** What an alias of the provider reads, by the names of HCP Terraform's variable. */
  readonly values: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** For the configuration without a tag. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly vault?: DynamicCredentials["vaults"][number];
}

type Make = (settings: CloudSettings, input: CredentialsInput, suffix: string) => Promise<Made>;

const clouds: Readonly<Record<string, Make>> = {
  AWS: forAws,
  AZURE: forAzure,
  GCP: forGcp,
  VAULT: forVault,
  HCP: forHcp,
};

/**
 * What a run needs to log in to clouds without a stored secret: as the variables of its workspace ask for, by the names that
 * HCP Terraform documents (Dynamic Provider Credentials). Throws CredentialsProblem.
 */
export async function dynamicCredentials(input: CredentialsInput): Promise<DynamicCredentials> {
  const environment: Record<string, string | undefined> = await bareTokens(input);
  const files: Record<string, string> = {};
  const vaults: DynamicCredentials["vaults"] = [];
  for (const [cloud, make] of Object.entries(clouds)) {
    const tags = tagsOf(input.variables, cloud);
    if (tags.length === 0) continue;
    const aliases: Record<string, Made["values"]> = {};
    let untagged: Made["values"] | null = null;
    for (const tag of tags) {
      const settings = new CloudSettings(input.variables, cloud, input.phase, tag);
      const made = await make(settings, input, tag === null ? "" : `-${tag}`);
      Object.assign(files, made.files);
      if (made.vault !== undefined) vaults.push(made.vault);
      if (tag === null) {
        untagged = made.values;
        Object.assign(environment, made.environment);
      } else aliases[tag] = made.values;
    }
    // By the environment: engines do not complain of what a configuration does not declare.
    environment[`TF_VAR_tfc_${cloud.toLowerCase()}_dynamic_credentials`] = JSON.stringify({
      default: untagged,
      aliases,
    });
  }
  return { environment, files, vaults };
}

/** `TFC_WORKLOAD_IDENTITY_AUDIENCE[_TAG]` asks for a token as it is. */
async function bareTokens({ variables, issue }: CredentialsInput): Promise<Record<string, string>> {
  const tokens: Record<string, string> = {};
  for (const [key, audience] of Object.entries(variables)) {
    const match = /^TFC_WORKLOAD_IDENTITY_AUDIENCE(_\w+)?$/.exec(key);
    if (match === null || audience.trim() === "") continue;
    tokens[`TFC_WORKLOAD_IDENTITY_TOKEN${match[1] ?? ""}`] = await issue(audience.trim());
  }
  return tokens;
}

async function forAws(settings: CloudSettings, input: CredentialsInput, suffix: string): Promise<Made> {
  const role = settings.needForPhase("ROLE_ARN");
  const token = await input.issue(settings.find("WORKLOAD_IDENTITY_AUDIENCE") ?? "aws.workload.identity");
  const tokenFile = `aws-token${suffix}`;
  const configFile = `aws-config${suffix}`;
  const lines = [
    "[default]",
    `role_arn = ${role}`,
    `web_identity_token_file = ${input.directory}/${tokenFile}`,
    `role_session_name = ${input.runId}`,
  ];
  return {
    values: { shared_config_file: `${input.directory}/${configFile}` },
    files: { [tokenFile]: token, [configFile]: `${lines.join("\n")}\n` },
    environment: {
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: `${input.directory}/${tokenFile}`,
      AWS_ROLE_SESSION_NAME: input.runId,
    },
  };
}

async function forAzure(settings: CloudSettings, input: CredentialsInput, suffix: string): Promise<Made> {
  const client = settings.needForPhase("CLIENT_ID");
  const token = await input.issue(settings.find("WORKLOAD_IDENTITY_AUDIENCE") ?? "api://AzureADTokenExchange");
  const files = { [`azure-token${suffix}`]: token, [`azure-client-id${suffix}`]: client };
  return {
    values: {
      client_id_file_path: `${input.directory}/azure-client-id${suffix}`,
      oidc_token_file_path: `${input.directory}/azure-token${suffix}`,
    },
    files,
    environment: { ARM_USE_OIDC: "true", ARM_CLIENT_ID: client, ARM_OIDC_TOKEN: token },
  };
}

async function forGcp(settings: CloudSettings, input: CredentialsInput, suffix: string): Promise<Made> {
  const provider =
    settings.find("WORKLOAD_PROVIDER_NAME") ??
    [
      "projects",
      settings.need("PROJECT_NUMBER"),
      "locations/global/workloadIdentityPools",
      settings.need("WORKLOAD_POOL_ID"),
      "providers",
      settings.need("WORKLOAD_PROVIDER_ID"),
    ].join("/");
  const resource = `//iam.googleapis.com/${provider}`;
  const isPool = settings.find("PRINCIPAL_TYPE") === "workload_pool";
  const account = isPool ? undefined : settings.needForPhase("SERVICE_ACCOUNT_EMAIL");
  const tokenFile = `gcp-token${suffix}`;
  const file = `gcp-credentials${suffix}.json`;
  const credentials = {
    type: "external_account",
    audience: resource,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: "https://sts.googleapis.com/v1/token",
    credential_source: { file: `${input.directory}/${tokenFile}`, format: { type: "text" } },
    ...(account === undefined
      ? {}
      : {
          service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`,
        }),
  };
  const path = `${input.directory}/${file}`;
  return {
    values: { credentials: path },
    files: {
      [tokenFile]: await input.issue(settings.find("WORKLOAD_IDENTITY_AUDIENCE") ?? resource),
      [file]: JSON.stringify(credentials),
    },
    environment: { GOOGLE_CREDENTIALS: path },
  };
}

/** The runner logs in to Vault, renews its token and revokes it. */
async function forVault(settings: CloudSettings, input: CredentialsInput, suffix: string): Promise<Made> {
  const address = settings.need("ADDR");
  const namespace = settings.find("NAMESPACE");
  const encoded = settings.find("ENCODED_CACERT");
  const tokenFile = `vault-token${suffix}`;
  const caFile = `vault-ca${suffix}.pem`;
  const ca = encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
  const caPath = ca === undefined ? "" : `${input.directory}/${caFile}`;
  return {
    values: {
      token_filename: `${input.directory}/${tokenFile}`,
      address,
      namespace: namespace ?? "",
      ca_cert_file: caPath,
    },
    files: ca === undefined ? {} : { [caFile]: ca },
    environment: {
      VAULT_ADDR: address,
      ...(namespace === undefined ? {} : { VAULT_NAMESPACE: namespace }),
      ...(ca === undefined ? {} : { VAULT_CACERT: caPath }),
    },
    vault: {
      address,
      namespace: namespace ?? null,
      auth_path: settings.find("AUTH_PATH") ?? "jwt",
      role: settings.needForPhase("ROLE"),
      token: await input.issue(settings.find("WORKLOAD_IDENTITY_AUDIENCE") ?? "vault.workload.identity"),
      ca_pem: ca ?? null,
      token_file: tokenFile,
      // The provider without an alias reads it from the environment.
      in_environment: settings.tag === null,
    },
  };
}

/** The server itself, as HCP. The run's own credential would win over the file, and is taken away. */
async function forHcp(settings: CloudSettings, input: CredentialsInput, suffix: string): Promise<Made> {
  const provider = settings.needForPhase("PROVIDER_RESOURCE_NAME");
  const tokenFile = `hcp-token${suffix}`;
  const file = `hcp-credentials${suffix}.json`;
  const credentials = {
    scheme: "workload",
    workload: { provider_resource_name: provider, file: { path: `${input.directory}/${tokenFile}` } },
  };
  const path = `${input.directory}/${file}`;
  return {
    values: { credential_file: path },
    files: {
      [tokenFile]: await input.issue(settings.find("WORKLOAD_IDENTITY_AUDIENCE") ?? provider),
      [file]: JSON.stringify(credentials),
    },
    environment: { HCP_CRED_FILE: path, HCP_CLIENT_ID: undefined, HCP_CLIENT_SECRET: undefined },
  };
}
