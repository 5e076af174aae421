import type { RunVariable } from "@ingot/runner/protocol";
import type { EffectiveVariable } from "../variable-sets/index.ts";
import type { Workspace } from "../workspaces/index.ts";

/** What an engine works for: a run, or an assessment. */
export interface RunOfEngine {
  readonly id: string;
  readonly configurationVersionId: string;
  /** As whom HCP clients log in with the credential. */
  readonly clientId: string;
}

export interface EnvironmentInput {
  readonly run: RunOfEngine;
  readonly workspace: Workspace;
  readonly projectName: string;
  readonly variables: readonly EffectiveVariable[];
  /** The run's own credential. */
  readonly token: string;
  /** How clients reach the server, without a trailing slash. */
  readonly publicUrl: string;
}

/**
 * The environment of a run's engine. A variable wins over a name that the server sets by itself, but for the
 * run's credential and the addresses that it is meant for: otherwise a variable could send the credential elsewhere.
 */
export function runEnvironment(input: EnvironmentInput): Record<string, string> {
  const { run, workspace } = input;
  const environment: Record<string, string> = {
    TF_IN_AUTOMATION: "1",
    TFC_WORKSPACE_NAME: workspace.name,
    TFC_PROJECT_NAME: input.projectName,
    TFC_WORKSPACE_SLUG: `${workspace.organizationName}/${workspace.name}`,
    TFC_CONFIGURATION_VERSION_ID: run.configurationVersionId,
    TF_VAR_ingot_url: input.publicUrl,
    TF_VAR_ingot_organization: workspace.organizationName,
    TF_VAR_ingot_project: workspace.projectId,
    HCP_SKIP_STATUS_CHECK: "true",
  };
  return {
    ...environment,
    ...environmentVariables(input.variables),
    TFE_RUN_ID: run.id,
    TFC_RUN_ID: run.id,
    ...runCredential(input),
  };
}

/** For whatever a configuration reads: the HTTP backend, the HCP provider, the `remote` state of other workspaces. */
function runCredential({ run, workspace, token, publicUrl }: EnvironmentInput): Record<string, string> {
  const url = new URL(publicUrl);
  return {
    INGOT_URL: publicUrl,
    INGOT_TOKEN: token,
    TF_HTTP_USERNAME: "run",
    TF_HTTP_PASSWORD: token,
    HCP_CLIENT_ID: run.clientId,
    HCP_CLIENT_SECRET: token,
    HCP_AUTH_URL: publicUrl,
    HCP_API_ADDRESS: url.port === "" ? `${url.hostname}:443` : url.host,
    HCP_ORGANIZATION_ID: workspace.organizationId,
    HCP_PROJECT_ID: workspace.projectId,
    // A name with a port cannot be written as a variable. Source: Terraform, TF_TOKEN_ variables.
    ...(url.port === "" && /^[A-Za-z0-9.-]+$/.test(url.hostname)
      ? { [`TF_TOKEN_${url.hostname.replaceAll("-", "__").replaceAll(".", "_")}`]: token }
      : {}),
  };
}

/** The environment variables among the variables. */
export function environmentVariables(variables: readonly EffectiveVariable[]): Record<string, string> {
  return Object.fromEntries(
    variables.filter(({ category }) => category === "env").map(({ key, value }) => [key, value]),
  );
}

/** Input variables: those of the run win over all but those of variable sets with priority. */
export function inputVariables(variables: readonly EffectiveVariable[], ofRun: readonly RunVariable[]): RunVariable[] {
  const merged = new Map<string, RunVariable>(ofRun.map((variable) => [variable.key, variable]));
  for (const { category, key, value, hcl, wins } of variables) {
    if (category === "terraform" && (wins || !merged.has(key))) merged.set(key, { key, value, hcl });
  }
  return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

// Masking shorter values would cover half the log.
const maskedCharactersMin = 4;

/** What must never be shown in the log: whole values, and the lines of those that have several. */
export function maskedValues(
  variables: readonly Pick<EffectiveVariable, "value" | "sensitive">[],
  token: string,
): string[] {
  const values = new Set([token]);
  for (const variable of variables) {
    if (!variable.sensitive) continue;
    for (const text of [variable.value, ...variable.value.split(/\r?\n/).map((line) => line.trim())]) {
      if (text.length >= maskedCharactersMin) values.add(text);
    }
  }
  // The longest first: a value that contains another is then covered as a whole.
  return [...values].sort((a, b) => b.length - a.length);
}
