import { randomBytes } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const hostname = "ingot.local";
const source = `${hostname}/ingot/devcloud`;
const version = "0.1.0";

/** Compiled or not, this module is one folder below the package; only what is in dist runs on plain Node. */
const compiledMain = fileURLToPath(new URL("../dist/main.js", import.meta.url));

const systemNames: { readonly [platform: string]: string } = { win32: "windows" };
const architectureNames: { readonly [arch: string]: string } = { x64: "amd64", ia32: "386" };

/**
 * Puts the provider into a filesystem mirror, unpacked layout. What is installed is a launcher that names Node and
 * this checkout absolutely, since runs have a clean environment. Installing again over it is safe at any time.
 */
export async function installProvider(options: {
  readonly mirrorDir: string;
  readonly nodePath?: string;
}): Promise<{ source: string; version: string }> {
  await access(compiledMain).catch((cause: unknown) => {
    throw new Error(`${compiledMain} is missing. Build it with "npx tsc -b packages/devcloud".`, { cause });
  });
  const system = systemNames[process.platform] ?? process.platform;
  const architecture = architectureNames[process.arch] ?? process.arch;
  const folder = join(resolve(options.mirrorDir), source, version, `${system}_${architecture}`);
  // Outside the folder: the CLIs take the hash of everything inside it.
  const draft = `${folder}.${randomBytes(4).toString("hex")}.draft`;
  await mkdir(folder, { recursive: true });
  await writeFile(draft, renderLauncher(options.nodePath ?? process.execPath), { mode: 0o755 });
  await rename(draft, join(folder, `terraform-provider-devcloud_v${version}`));
  return { source, version };
}

/** The CLI configuration (TF_CLI_CONFIG_FILE) that finds our providers in the mirror and all others as usual. */
export function mirrorCliConfiguration(mirrorDir: string): string {
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(resolve(mirrorDir))}
    include = ["${hostname}/*/*"]
  }
  direct {
    exclude = ["${hostname}/*/*"]
  }
}
`;
}

function renderLauncher(nodePath: string): string {
  return `#!/bin/sh\nexec ${quoteShell(resolve(nodePath))} ${quoteShell(compiledMain)} "$@"\n`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
