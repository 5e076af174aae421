import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Bootstrap } from "@ingot/server";
import type { Environment } from "../command-line/command.ts";
import { writePrivateFile } from "./private-file.ts";
import { composeTrustBundle } from "./trust-bundle.ts";

/**
 * The variables that point stock clients at a server: packer and terraform-provider-hcp (HCP_*), terraform and tofu
 * (TF_*), everything written in Go (SSL_CERT_FILE), and Ingot's own commands. Writes two files beside the bootstrap
 * file: the CA bundle, and a CLI configuration with the administrator's token.
 */
export async function prepareClientEnvironment(options: {
  readonly bootstrap: Bootstrap;
  readonly bootstrapFile: string;
  readonly environment: Environment;
}): Promise<Readonly<Record<string, string>>> {
  const { bootstrap, environment } = options;
  const directory = dirname(options.bootstrapFile);
  const address = new URL(bootstrap.url).host;
  const variables: Record<string, string> = {
    HCP_AUTH_URL: bootstrap.url,
    HCP_API_ADDRESS: address,
    HCP_CLIENT_ID: bootstrap.service_principal.client_id,
    HCP_CLIENT_SECRET: bootstrap.service_principal.client_secret,
    HCP_ORGANIZATION_ID: bootstrap.organization.id,
    HCP_PROJECT_ID: bootstrap.project.id,
    HCP_SKIP_STATUS_CHECK: "true",
    TF_CLOUD_HOSTNAME: address,
    TF_CLOUD_ORGANIZATION: bootstrap.organization.name,
    TF_HTTP_USERNAME: bootstrap.admin.username,
    TF_HTTP_PASSWORD: bootstrap.admin.token,
    TF_VAR_ingot_url: bootstrap.url,
    TF_VAR_ingot_organization: bootstrap.organization.name,
    TF_VAR_ingot_project: bootstrap.project.name,
    INGOT_URL: bootstrap.url,
    INGOT_TOKEN: bootstrap.admin.token,
  };
  // A plain-HTTP server stands behind a proxy whose certificate is trusted already.
  if (bootstrap.ca_file !== null) {
    const bundle = join(directory, "ca-bundle.pem");
    const ca = await readFile(bootstrap.ca_file, "utf8");
    await writePrivateFile(bundle, await composeTrustBundle(ca, environment, bundle));
    variables["SSL_CERT_FILE"] = bundle;
  }
  const configuration = join(directory, "terraform.rc");
  const users = await findUserConfiguration(environment, configuration);
  await writePrivateFile(configuration, renderCliConfiguration(address, bootstrap.admin.token, users));
  variables["TF_CLI_CONFIG_FILE"] = configuration;
  return variables;
}

interface UserConfiguration {
  readonly file: string;
  readonly content: string;
}

/** The CLI configuration in use until now. Source: terraform and tofu, internal/command/cliconfig. */
async function findUserConfiguration(environment: Environment, ours: string): Promise<UserConfiguration | undefined> {
  const given = environment["TF_CLI_CONFIG_FILE"];
  const home = environment["HOME"] ?? homedir();
  const files = given === undefined || given === ours ? [join(home, ".tofurc"), join(home, ".terraformrc")] : [given];
  for (const file of files) {
    const content = await readFile(file, "utf8").catch(() => undefined);
    if (content !== undefined) return { file, content };
  }
  return undefined;
}

function renderCliConfiguration(address: string, token: string, users: UserConfiguration | undefined): string {
  const credentials = `credentials "${address}" {\n  token = ${JSON.stringify(token)}\n}\n`;
  const head = "# Written by `ingot env`, which replaces it each time.\n";
  if (users === undefined) return head + credentials;
  if (users.content.includes(`credentials "${address}"`)) {
    return `${head}# ${users.file} has credentials for this server too, so nothing of it is repeated here.\n${credentials}`;
  }
  return `${head}${credentials}\n# From ${users.file}, which the CLI does not read while TF_CLI_CONFIG_FILE points here:\n${users.content}`;
}
