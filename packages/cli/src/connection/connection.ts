import { readFile } from "node:fs/promises";
import type { Bootstrap } from "@ingot/server";
import { CommandError, type Environment } from "../command-line/command.ts";
import type { ParsedFlags } from "../command-line/parse-flags.ts";
import { bootstrapFileFromEnvironment, bootstrapFileFromFlags, readBootstrapFile } from "./bootstrap-file.ts";

/** Everything needed to talk to one server as one service principal, and as a person when there is a token. */
export interface Connection {
  /** Scheme, host and port of the API. */
  readonly url: string;
  /** Scheme, host and port of the token endpoint. */
  readonly authUrl: string;
  /** PEM certificates to trust; undefined: the system's. */
  readonly ca: string | undefined;
  readonly organizationId: string;
  readonly projectId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the administrator; undefined when only HCP_* variables are known. */
  readonly token: string | undefined;
}

/**
 * Finds the server to talk to: the flags --bootstrap-file and --data-dir, else the HCP_* variables that `ingot env` prints
 * (the same that packer reads), else the bootstrap file in the environment or the default data directory.
 */
export async function findConnection(options: {
  readonly flags: ParsedFlags;
  readonly environment: Environment;
  readonly workingDirectory: string;
}): Promise<Connection> {
  const { environment, workingDirectory } = options;
  const file = bootstrapFileFromFlags(options.flags, workingDirectory);
  if (file !== undefined) return connectionFromBootstrap(await readBootstrapFile(file));
  if (environment["HCP_CLIENT_ID"] !== undefined && environment["HCP_API_ADDRESS"] !== undefined) {
    return connectionFromEnvironment(environment);
  }
  return connectionFromBootstrap(await readBootstrapFile(bootstrapFileFromEnvironment(environment, workingDirectory)));
}

export async function connectionFromBootstrap(bootstrap: Bootstrap): Promise<Connection> {
  return {
    url: bootstrap.url,
    authUrl: bootstrap.url,
    ca: bootstrap.ca_file === null ? undefined : await readCertificates(bootstrap.ca_file),
    organizationId: bootstrap.organization.id,
    projectId: bootstrap.project.id,
    clientId: bootstrap.service_principal.client_id,
    clientSecret: bootstrap.service_principal.client_secret,
    token: bootstrap.admin.token,
  };
}

async function connectionFromEnvironment(environment: Environment): Promise<Connection> {
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") {
      throw new CommandError(
        `${name} is not set. Set all that \`ingot env\` prints, or name a server with --bootstrap-file.`,
      );
    }
    return value;
  };
  const address = need("HCP_API_ADDRESS");
  const scheme = environment["HCP_API_TLS"] === "disabled" ? "http" : "https";
  const certificates = environment["SSL_CERT_FILE"];
  return {
    url: `${scheme}://${address}`,
    // The path is discarded, as in every HCP client. Source: hcp-sdk-go config/tokensource.go.
    authUrl: new URL(need("HCP_AUTH_URL")).origin,
    ca: certificates === undefined ? undefined : await readCertificates(certificates),
    organizationId: need("HCP_ORGANIZATION_ID"),
    projectId: need("HCP_PROJECT_ID"),
    clientId: need("HCP_CLIENT_ID"),
    clientSecret: need("HCP_CLIENT_SECRET"),
    token: environment["INGOT_TOKEN"],
  };
}

async function readCertificates(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(`The certificates in ${file} cannot be read: ${error.message}.`);
  });
}

/** The token for what only a person may ask. Throws CommandError when only HCP_* variables are known. */
export function requireToken(connection: Pick<Connection, "token">): string {
  if (connection.token !== undefined) return connection.token;
  throw new CommandError(
    "INGOT_TOKEN is not set. Set all that `ingot env` prints, or name a server with --bootstrap-file.",
  );
}
