import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { DomainError } from "../platform/errors.ts";
import { parseAllowedTargets } from "../platform/outbound/index.ts";

const hostPort = "^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$";

/**
 * Everything an operator can set, once. The key is the flag (`--data-dir`), the environment variable (`INGOT_DATA_DIR`)
 * and the line of the config file (`data-dir:`). The description is what `ingot serve --help` prints.
 */
export const ServerConfigSchema = Type.Object(
  {
    "data-dir": Type.String({
      minLength: 1,
      default: "ingot-data",
      description: "where the server keeps what it owns",
    }),
    listen: Type.String({
      pattern: hostPort,
      default: "127.0.0.1:8443",
      description: "HOST:PORT to serve on; port 0 takes any free one",
    }),
    "public-url": Type.Optional(
      Type.String({
        pattern: "^https?://[^/?#]+$",
        description: "how clients reach the server, when not as it listens: scheme, host and port, no path",
      }),
    ),
    "host-names": Type.Array(Type.String({ pattern: "^[A-Za-z0-9.:-]+$" }), {
      default: ["localhost", "127.0.0.1", "::1"],
      description: "names and addresses in the server certificate that Ingot makes",
    }),
    "tls-cert-file": Type.Optional(Type.String({ minLength: 1, description: "PEM certificate chain of your own" })),
    "tls-key-file": Type.Optional(Type.String({ minLength: 1, description: "PEM private key that belongs to it" })),
    "plain-http": Type.Boolean({
      default: false,
      description: "serve without TLS, behind a proxy that ends it; needs public-url",
    }),
    "metrics-listen": Type.String({
      pattern: `^off$|${hostPort}`,
      default: "off",
      description: "HOST:PORT for Prometheus metrics, apart from the API; off disables it",
    }),
    "database-url": Type.Optional(
      Type.String({
        pattern: "^(postgres|postgresql)://|^sqlite:",
        description: "postgres://… or sqlite:FILE; without it SQLite in the data directory",
      }),
    ),
    "database-connections-max": Type.Integer({
      minimum: 1,
      maximum: 500,
      default: 16,
      description: "PostgreSQL connections",
    }),
    "blob-url": Type.Optional(
      Type.String({
        pattern: "^s3://[^/]+",
        description: "s3://BUCKET/PREFIX?region=…&endpoint=…&path-style=true; without it the data directory",
      }),
    ),
    "master-key-file": Type.Optional(
      Type.String({
        minLength: 1,
        description: "file with 32 bytes in base64; without it master.key in the data directory",
      }),
    ),
    "master-key": Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9+/]{43}=$",
        description: "32 bytes in base64; best given as INGOT_MASTER_KEY",
      }),
    ),
    "bootstrap-file": Type.Optional(
      Type.String({
        minLength: 1,
        description: "where the first credentials are written, once; without it bootstrap.json in the data directory",
      }),
    ),
    organization: Type.String({
      pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{1,38}[A-Za-z0-9]$",
      default: "ingot",
      description: "name of the first organization",
    }),
    project: Type.String({
      pattern: "^[A-Za-z0-9][A-Za-z0-9 _.-]{1,34}[A-Za-z0-9]$",
      default: "default",
      description: "name of its first project",
    }),
    admin: Type.String({
      pattern: "^[A-Za-z0-9][A-Za-z0-9@_.-]{0,62}$",
      default: "admin",
      description: "user name of the first administrator",
    }),
    "organization-creators": Type.Union(
      (["owners", "persons", "nobody"] as const).map((creators) => Type.Literal(creators)),
      { default: "owners", description: "who may make organizations: owners of one, all persons, or nobody" },
    ),
    "log-level": Type.Union(
      (["trace", "debug", "info", "warn", "error", "silent"] as const).map((level) => Type.Literal(level)),
      { default: "info", description: "one of trace, debug, info, warn, error, silent" },
    ),
    runner: Type.Boolean({ default: true, description: "start a runner on this machine" }),
    "runner-concurrency": Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 2,
      description: "runs it works on at once",
    }),
    "engines-dir": Type.Optional(
      Type.String({
        minLength: 1,
        description: "directory with engines as <tofu|terraform>/<version>/<tofu|terraform>",
      }),
    ),
    "provider-mirror": Type.Optional(
      Type.String({ minLength: 1, description: "directory with providers for runs, laid out as a filesystem mirror" }),
    ),
    "download-engines": Type.Boolean({
      default: false,
      description: "let the local runner fetch engines that are missing; needs engine-keys-file",
    }),
    "engine-keys-file": Type.Optional(
      Type.String({ minLength: 1, description: "armored OpenPGP keys of those whose engines are trusted" }),
    ),
    "terraform-releases-url": Type.Optional(
      Type.String({ pattern: "^https?://", description: "where Terraform is released, or a mirror of it" }),
    ),
    "tofu-releases-url": Type.Optional(
      Type.String({ pattern: "^https?://", description: "where OpenTofu is released, or a mirror of it" }),
    ),
    "tofu-index-url": Type.Optional(
      Type.String({ pattern: "^https?://", description: "list of the versions of OpenTofu" }),
    ),
    "provider-network-mirror": Type.Optional(
      Type.String({
        pattern: "^https://",
        description: "network mirror for providers that provider-mirror does not have",
      }),
    ),
    "only-mirrors": Type.Boolean({
      default: false,
      description: "let runs take providers from mirrors only, never from their origin",
    }),
    "plugin-cache-dir": Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "where the local runner keeps downloaded providers; without it runner/plugins in the data directory",
      }),
    ),
    "run-isolation": Type.Union(
      (["auto", "bubblewrap", "users", "none"] as const).map((level) => Type.Literal(level)),
      {
        default: "auto",
        description:
          "how far the local runner keeps runs from this machine: auto (the strongest that works), bubblewrap, users or none",
      },
    ),
    "run-readable": Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: "files and directories that isolated runs may read besides the system's programs",
    }),
    "run-memory-mib-max": Type.Optional(
      Type.Integer({
        minimum: 256,
        maximum: 2 ** 24,
        description: "memory of a run in MiB; without a control group, address space of each process",
      }),
    ),
    "run-processes-max": Type.Optional(
      Type.Integer({ minimum: 16, maximum: 2 ** 22, description: "processes of a run" }),
    ),
    "run-cpus-max": Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 1024,
        description: "processors' time of a run, such as 1.5; needs a control group",
      }),
    ),
    "run-cgroup": Type.String({
      pattern: "^(auto|off|/.*)$",
      default: "auto",
      description: "control group (cgroups v2) to make those of runs in; auto: the runner's own; off: none",
    }),
    "run-file-mib-max": Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2 ** 24, description: "largest file that a run writes, in MiB" }),
    ),
    "run-environment": Type.Array(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), {
      default: [],
      description: "names of variables that the local runner passes from its environment to runs, such as HTTPS_PROXY",
    }),
    "identity-key-days": Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 90,
      description: "age in days at which the key that signs the identity tokens of runs gets a successor",
    }),
    "outbound-allow": Type.Array(Type.String({ pattern: "^[A-Za-z0-9_.:/\\[\\]-]+$" }), {
      default: [],
      description:
        "host names, addresses and networks inside that may be called, as by webhooks and for the keys of token issuers; without it only public addresses",
    }),
    "outbound-ca-file": Type.Optional(
      Type.String({
        minLength: 1,
        description: "PEM certificates that calls to webhooks and run tasks trust besides the public ones",
      }),
    ),
    "run-task-hosts": Type.Array(Type.String({ pattern: "^[A-Za-z0-9.-]+(:[0-9]{1,5})?$" }), {
      default: ["app.terraform.io", "archivist.terraform.io", "app.eu.terraform.io", "archivist.eu.terraform.io"],
      description: "HOST or HOST:PORT of the services whose run tasks may ask the registry about plans",
    }),
    "smtp-url": Type.Optional(
      Type.String({
        pattern: "^smtps?://[^/?#\\s]+/?$",
        description:
          "smtp://USER:PASSWORD@HOST:PORT or smtps://…, the mail server for notifications; best given as INGOT_SMTP_URL",
      }),
    ),
    "mail-from": Type.Optional(
      Type.String({
        pattern: "^[^\\r\\n]*@[^\\r\\n]+$",
        description: "sender of the mail, such as Ingot <ingot@example.com>",
      }),
    ),
    "audit-file": Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "file that the server appends its audit trail to, one line of JSON a record; best one for each replica",
      }),
    ),
    "audit-webhook-url": Type.Optional(
      Type.String({
        pattern: "^https?://",
        description:
          "where the audit trail is posted to, in order and at least once; see outbound-allow for targets inside",
      }),
    ),
    "audit-webhook-token": Type.Optional(
      Type.String({
        minLength: 16,
        description: "signs what is posted there with HMAC-SHA-512; best given as INGOT_AUDIT_WEBHOOK_TOKEN",
      }),
    ),
    "service-principals-max": Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      description: "service principals of one project, and of the organization itself",
    }),
    "assessment-interval-minutes": Type.Integer({
      minimum: 1,
      maximum: 525_600,
      default: 1440,
      description: "minutes between two assessments of a workspace",
    }),
    "assessments-max": Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 2,
      description: "assessments of one organization at the same time",
    }),
    "tokens-per-minute-max": Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 30_000,
      description: "access tokens that one service principal key or workload identity provider can give in a minute",
    }),
    "token-refusals-per-minute-max": Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 600,
      description: "wrong credentials that one address can send in a minute before it is told to wait",
    }),
    "archive-bytes-max": Type.Integer({
      minimum: 1024,
      default: 268_435_456,
      description: "largest configuration after unpacking, in bytes",
    }),
  },
  { additionalProperties: false },
);

export type ServerConfig = Static<typeof ServerConfigSchema>;
export type ConfigKey = keyof ServerConfig;

/** Where values came from, strongest first: an error names the place that gave the bad value. */
export interface ConfigSource {
  /** For messages: `--listen`, `INGOT_LISTEN`, or `listen in ingot.yaml`. */
  nameOf(key: string): string;
  readonly values: Readonly<Record<string, unknown>>;
}

const secretKeys: ReadonlySet<string> = new Set(["master-key", "audit-webhook-token", "smtp-url"]);

/** The environment variable of a key. */
export function environmentName(key: string): string {
  return `INGOT_${key.toUpperCase().replaceAll("-", "_")}`;
}

/** Texts from flags and environment become what the schema asks for; what does not fit is left for the check to name. */
export function convertText(key: string, text: string): unknown {
  const schema = (ServerConfigSchema.properties as Record<string, { type?: string }>)[key];
  if (schema?.type === "boolean")
    return text === "true" || text === "1" || text === "" ? true : text === "false" || text === "0" ? false : text;
  if (schema?.type === "integer") return /^-?\d+$/.test(text) ? Number(text) : text;
  if (schema?.type === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (schema?.type === "array") return text === "" ? [] : text.split(",").map((s) => s.trim());
  return text;
}

/**
 * Merges the sources over the defaults and checks the result. Errors: invalid/config, naming the key, what was given and
 * what is allowed.
 */
export function resolveServerConfig(sources: readonly ConfigSource[]): ServerConfig {
  const values: Record<string, unknown> = {};
  const origin = new Map<string, string>();
  for (const source of sources.toReversed()) {
    for (const [key, value] of Object.entries(source.values)) {
      if (value === undefined) continue;
      values[key] = value;
      origin.set(key, source.nameOf(key));
    }
  }
  const properties = ServerConfigSchema.properties as Record<string, { default?: unknown; description?: string }>;
  for (const key of Object.keys(values)) {
    if (key in properties) continue;
    throw configError(`${origin.get(key)} is not a setting. Known settings: ${Object.keys(properties).join(", ")}.`);
  }
  for (const [key, schema] of Object.entries(properties)) {
    if (values[key] === undefined && schema.default !== undefined) values[key] = schema.default;
  }
  const errors = Value.Errors(ServerConfigSchema, values);
  const first = errors[0];
  if (first !== undefined) {
    const key = first.instancePath.split("/")[1] ?? "";
    const shown = secretKeys.has(key) ? "(not shown)" : JSON.stringify(values[key]);
    throw configError(
      `${origin.get(key) ?? key} was given ${shown}: it ${first.message}. Allowed: ${properties[key]?.description ?? ""}.`,
    );
  }
  const config = Value.Parse(ServerConfigSchema, values);
  checkTogether(config);
  return config;
}

function checkTogether(config: ServerConfig): void {
  if ((config["tls-cert-file"] === undefined) !== (config["tls-key-file"] === undefined)) {
    throw configError(
      "tls-cert-file and tls-key-file go together: give both, or neither to let Ingot make a certificate.",
    );
  }
  if (config["plain-http"] && config["tls-cert-file"] !== undefined) {
    throw configError(
      "plain-http and tls-cert-file exclude each other: with plain-http the proxy holds the certificate.",
    );
  }
  if (config["plain-http"] && config["public-url"] === undefined) {
    throw configError("plain-http needs public-url: the https:// address of the proxy, which clients are told to use.");
  }
  if ((config["smtp-url"] === undefined) !== (config["mail-from"] === undefined)) {
    throw configError("smtp-url and mail-from go together: the mail server, and who the mail is from.");
  }
  if (config["smtp-url"] !== undefined && !URL.canParse(config["smtp-url"])) {
    throw configError("smtp-url is not a URL: encode special characters of the password, such as %40 for @.");
  }
  if (config["audit-webhook-url"] !== undefined && !URL.canParse(config["audit-webhook-url"])) {
    throw configError("audit-webhook-url is not a URL.");
  }
  if (config["download-engines"] && config["engine-keys-file"] === undefined) {
    throw configError("download-engines needs engine-keys-file: the OpenPGP keys of those whose engines are trusted.");
  }
  if (config["audit-webhook-token"] !== undefined && config["audit-webhook-url"] === undefined) {
    throw configError("audit-webhook-token signs what audit-webhook-url receives: give both, or only the URL.");
  }
  try {
    parseAllowedTargets(config["outbound-allow"]);
  } catch (error) {
    throw configError(`outbound-allow: ${(error as Error).message}`);
  }
  const port = Number(/:(\d+)$/.exec(config.listen)?.[1]);
  if (port > 65_535) throw configError(`listen was given ${JSON.stringify(config.listen)}: a port is at most 65535.`);
}

function configError(message: string): DomainError {
  return new DomainError("invalid", "config", message);
}
