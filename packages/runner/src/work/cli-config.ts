import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface CliConfigOptions {
  /** A directory laid out as a filesystem mirror: host/namespace/type/… */
  readonly providerMirror: string | undefined;
  /** An https:// URL, for what the directory does not have; then nothing comes from its origin. */
  readonly networkMirror?: string | undefined;
  /** Nothing comes from its origin. */
  readonly onlyMirrors?: boolean;
  readonly pluginCacheDir: string | undefined;
}

/** The engine's CLI configuration: providers that the mirror has come from there only, all others from the network mirror, or from their origin. */
export async function renderCliConfig(options: CliConfigOptions): Promise<string> {
  const lines = ["disable_checkpoint = true"];
  if (options.pluginCacheDir !== undefined) {
    lines.push(`plugin_cache_dir = ${JSON.stringify(options.pluginCacheDir)}`);
  }
  const { providerMirror, networkMirror, onlyMirrors } = options;
  if (providerMirror === undefined && networkMirror === undefined && !onlyMirrors) return `${lines.join("\n")}\n`;
  const mirrored = providerMirror === undefined ? [] : await listMirrored(providerMirror);
  const exclude = mirrored.length === 0 ? [] : [`    exclude = ${JSON.stringify(mirrored)}`];
  lines.push("provider_installation {");
  if (providerMirror !== undefined) {
    lines.push(
      "  filesystem_mirror {",
      `    path    = ${JSON.stringify(providerMirror)}`,
      `    include = ${JSON.stringify(mirrored)}`,
      "  }",
    );
  }
  if (networkMirror !== undefined) {
    lines.push("  network_mirror {", `    url = ${JSON.stringify(networkMirror)}`, ...exclude, "  }");
  } else if (!onlyMirrors) lines.push("  direct {", ...exclude, "  }");
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

/** The providers in the mirror, and whatever Ingot's own host may have: nothing of it exists elsewhere. */
async function listMirrored(mirror: string): Promise<string[]> {
  const found = ["ingot.local/*/*"];
  for (const host of await listDirectories(mirror)) {
    if (host === "ingot.local") continue;
    for (const namespace of await listDirectories(join(mirror, host))) {
      for (const type of await listDirectories(join(mirror, host, namespace))) {
        found.push(`${host}/${namespace}/${type}`);
      }
    }
  }
  return found;
}

async function listDirectories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
