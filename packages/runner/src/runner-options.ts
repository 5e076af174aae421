import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { isolationLevels, type IsolationLevel, type ResourceLimits } from "./isolation/confinement.ts";

/** What the command line and the environment say. */
export interface RunnerSettings {
  readonly url: string;
  readonly token: string;
  /** Reads the token file again; undefined when the token came from the environment. */
  readonly rereadToken: (() => string | undefined) | undefined;
  readonly caFile: string | undefined;
  readonly workDir: string;
  readonly concurrency: number;
  readonly enginesDir: string | undefined;
  readonly downloads:
    | {
        readonly terraformReleases: string;
        readonly tofuReleases: string;
        readonly tofuIndex: string;
        readonly keys: string;
      }
    | undefined;
  readonly providerMirror: string | undefined;
  readonly providerNetworkMirror: string | undefined;
  readonly onlyMirrors: boolean;
  readonly pluginCacheDir: string | undefined;
  readonly isolation: IsolationLevel | "auto";
  readonly readable: readonly string[];
  readonly firstUserId: number | undefined;
  readonly limits: ResourceLimits;
  readonly cgroup: string;
  readonly passedEnvironment: Readonly<Record<string, string>>;
  readonly path: string;
  readonly operatorCaFile: string | undefined;
  readonly name: string;
  readonly logLevel: string;
}

/** An option is missing or cannot be used. The message names it, what was given and what is allowed. */
export class OptionRefused extends Error {}

const tokenVariable = "INGOT_RUNNER_TOKEN";
const logLevels = ["trace", "debug", "info", "warn", "error", "silent"];

export const usage = `Usage: node main.js --url URL --token-file FILE --work-dir DIR [options]

  --url URL               https:// address of the server
  --token-file FILE       file with the runner's token; without it ${tokenVariable}
  --work-dir DIR          directory for jobs in progress
  --ca-file FILE          PEM file with the server's CA
  --concurrency N         jobs at once, 1 to 64 (1)
  --engines-dir DIR       engines as <tofu|terraform>/<version>/<tofu|terraform>
  --download-engines      fetch engines that are missing; needs --engine-keys
  --engine-keys FILE      armored OpenPGP keys of those whose engines are trusted
  --terraform-releases URL  (https://releases.hashicorp.com)
  --tofu-releases URL     (https://github.com/opentofu/opentofu/releases/download)
  --tofu-index URL        (https://get.opentofu.org/tofu/api.json)
  --provider-mirror DIR   providers laid out as a filesystem mirror
  --provider-network-mirror URL  https:// address of a network mirror for all other providers
  --only-mirrors          providers come from mirrors, never from their origin
  --plugin-cache-dir DIR  cache for downloaded providers
  --pass-env NAME         variable that runs get from the runner's environment; may be repeated
  --isolation LEVEL       auto, bubblewrap, users (of root only) or none (auto: the strongest that works)
  --readable PATH         what isolated engines may read besides the system's programs; may be repeated
  --first-user-id N       first of the user ids for the level users, one for each job at once (61184)
  --cgroup auto|off|DIR   control group of cgroups v2 to make those of runs in (auto: the runner's own)
  --memory-max MIB        memory of a run; without a control group, address space of each process
  --processes-max N       processes of a run
  --cpus-max N            processors' time of a run, such as 1.5; needs a control group
  --file-size-max MIB     each file that a run writes
  --name NAME             shown to people (the host name)
  --log-level LEVEL       ${logLevels.join(", ")} (info)
`;

/** Reads the options. Throws OptionRefused. */
export function readRunnerOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): RunnerSettings {
  const values = parse(args);
  const text = (name: keyof typeof values): string | undefined => {
    const value = values[name];
    if (value === "") throw refused(name, value, "a value that is not empty");
    return typeof value === "string" ? value : undefined;
  };
  return {
    url: readUrl(required(text("url"), "url", "the https:// address of the server")),
    token: readToken(text("token-file"), environment[tokenVariable]),
    rereadToken: rereadTokenFrom(text("token-file")),
    workDir: required(text("work-dir"), "work-dir", "a directory for jobs in progress"),
    caFile: text("ca-file"),
    concurrency: readNumber("concurrency", text("concurrency"), [1, 64]) ?? 1,
    enginesDir: text("engines-dir"),
    downloads: values["download-engines"] === true ? readDownloads(text) : undefined,
    providerMirror: text("provider-mirror"),
    providerNetworkMirror: readMirrorUrl(text("provider-network-mirror")),
    onlyMirrors: values["only-mirrors"] ?? false,
    pluginCacheDir: text("plugin-cache-dir"),
    isolation: readIsolation(text("isolation") ?? "auto"),
    readable: values.readable ?? [],
    firstUserId: readNumber("first-user-id", text("first-user-id"), [1000, 2 ** 31]),
    limits: {
      memoryBytesMax: mebibytes(readNumber("memory-max", text("memory-max"), [256, 2 ** 24])),
      processesMax: readNumber("processes-max", text("processes-max"), [16, 2 ** 22]),
      cpusMax: readDecimal("cpus-max", text("cpus-max"), [0.1, 1024]),
      fileBytesMax: mebibytes(readNumber("file-size-max", text("file-size-max"), [1, 2 ** 24])),
    },
    cgroup: readCgroup(text("cgroup") ?? "auto"),
    passedEnvironment: readPassed(values["pass-env"] ?? [], environment),
    path: environment["PATH"] ?? "",
    operatorCaFile: environment["SSL_CERT_FILE"],
    name: text("name") ?? hostname(),
    logLevel: readLogLevel(text("log-level") ?? "info"),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        "token-file": { type: "string" },
        "ca-file": { type: "string" },
        "work-dir": { type: "string" },
        concurrency: { type: "string" },
        "engines-dir": { type: "string" },
        "download-engines": { type: "boolean" },
        "engine-keys": { type: "string" },
        "terraform-releases": { type: "string" },
        "tofu-releases": { type: "string" },
        "tofu-index": { type: "string" },
        "provider-mirror": { type: "string" },
        "provider-network-mirror": { type: "string" },
        "only-mirrors": { type: "boolean" },
        "plugin-cache-dir": { type: "string" },
        isolation: { type: "string" },
        readable: { type: "string", multiple: true },
        "first-user-id": { type: "string" },
        cgroup: { type: "string" },
        "cpus-max": { type: "string" },
        "memory-max": { type: "string" },
        "processes-max": { type: "string" },
        "file-size-max": { type: "string" },
        "pass-env": { type: "string", multiple: true },
        name: { type: "string" },
        "log-level": { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new OptionRefused(`${(error as Error).message.split(". To specify")[0]}.\n\n${usage}`);
  }
}

function required(value: string | undefined, name: string, allowed: string): string {
  if (value === undefined) throw new OptionRefused(`--${name} is missing: give ${allowed}.`);
  return value;
}

function readUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !["https:", "http:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw refused("url", value, "an address such as https://ingot.example:8443");
  }
  return value;
}

function readToken(file: string | undefined, fromEnvironment: string | undefined): string {
  const allowed = `a readable file with the runner's token, or the token in ${tokenVariable}`;
  let token = fromEnvironment;
  if (file !== undefined) {
    try {
      token = readFileSync(file, "utf8");
    } catch (error) {
      throw refused("token-file", file, `${allowed} (${(error as Error).message})`);
    }
  }
  if (token === undefined) throw new OptionRefused(`--token-file is missing: give ${allowed}.`);
  const trimmed = token.trim();
  // Never shown: it is a secret, even a wrong one.
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new OptionRefused(
      `${file === undefined ? tokenVariable : `--token-file ${file}`} holds no token: give ${allowed}.`,
    );
  }
  return trimmed;
}

function rereadTokenFrom(file: string | undefined): (() => string | undefined) | undefined {
  if (file === undefined) return undefined;
  return () => {
    try {
      return readToken(file, undefined);
    } catch {
      return undefined;
    }
  };
}

type TextOption = "engine-keys" | "terraform-releases" | "tofu-releases" | "tofu-index";

function readDownloads(text: (name: TextOption) => string | undefined): NonNullable<RunnerSettings["downloads"]> {
  const file = required(text("engine-keys"), "engine-keys", "a file with the OpenPGP keys of the engines' makers");
  const url = (name: TextOption, fallback: string): string => {
    const value = text(name) ?? fallback;
    if (!URL.canParse(value) || !/^https?:/.test(value)) throw refused(name, value, "an address of a release site");
    return value;
  };
  let keys: string;
  try {
    keys = readFileSync(file, "utf8");
  } catch (error) {
    throw refused("engine-keys", file, `a readable file with armored OpenPGP keys (${(error as Error).message})`);
  }
  return {
    keys,
    terraformReleases: url("terraform-releases", "https://releases.hashicorp.com"),
    tofuReleases: url("tofu-releases", "https://github.com/opentofu/opentofu/releases/download"),
    tofuIndex: url("tofu-index", "https://get.opentofu.org/tofu/api.json"),
  };
}

function readMirrorUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // Engines take no other. Source: CLI configuration, network_mirror.
  if (!URL.canParse(value) || !value.startsWith("https://")) {
    throw refused("provider-network-mirror", value, "an https:// address");
  }
  return value.endsWith("/") ? value : `${value}/`;
}

function readNumber(
  name: string,
  value: string | undefined,
  [min, max]: readonly [number, number],
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw refused(name, value, `a whole number from ${min} to ${max}`);
  }
  return number;
}

function readDecimal(
  name: string,
  value: string | undefined,
  [min, max]: readonly [number, number],
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number < min || number > max) {
    throw refused(name, value, `a number from ${min} to ${max}`);
  }
  return number;
}

function readCgroup(value: string): string {
  if (value === "auto" || value === "off" || value.startsWith("/")) return value;
  throw refused("cgroup", value, "auto, off, or a directory");
}

function mebibytes(number: number | undefined): number | undefined {
  return number === undefined ? undefined : number * 2 ** 20;
}

function readIsolation(value: string): IsolationLevel | "auto" {
  const known = ["auto", ...isolationLevels] as const;
  const level = known.find((one) => one === value);
  if (level === undefined) throw refused("isolation", value, `one of ${known.join(", ")}`);
  return level;
}

function readPassed(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw refused("pass-env", name, "the name of an environment variable");
    if (name === tokenVariable) throw refused("pass-env", name, "any name but this: runs never get the runner's token");
    const value = environment[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

function readLogLevel(value: string): string {
  if (!logLevels.includes(value)) throw refused("log-level", value, `one of ${logLevels.join(", ")}`);
  return value;
}

function refused(name: string, given: string, allowed: string): OptionRefused {
  return new OptionRefused(`--${name} was given ${JSON.stringify(given)}. Allowed: ${allowed}.`);
}
