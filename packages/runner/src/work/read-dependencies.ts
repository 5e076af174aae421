import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { DependenciesSchema, type Dependencies } from "../protocol.ts";

const ManifestSchema = Type.Object({
  Modules: Type.Array(
    Type.Object({ Key: Type.String(), Source: Type.String(), Version: Type.Optional(Type.String()) }),
  ),
});

const manifestBytesMax = 1 << 20;
const versionDirectoryDepth = 4;
// More than are ever told of: one configuration uses a few.
const directoriesMax = 200;

/**
 * What `init` has selected, as it lies in the engine's own directory: `providers/<host>/<namespace>/<type>/<version>` and
 * `modules/modules.json`. The configuration can write there too, so no link is followed, and whatever is not as expected is
 * as if it were not there. Undefined: not known. Source: OpenTofu, internal/providercache and internal/modsdir.
 */
export async function readDependencies(workingDirectory: string): Promise<Dependencies | undefined> {
  const root = join(workingDirectory, ".terraform");
  if (!(await isDirectory(root))) return undefined;
  const dependencies: Dependencies = {
    providers: await readProviders(join(root, "providers")),
    modules: await readModules(join(root, "modules")),
  };
  return Value.Check(DependenciesSchema, dependencies) ? dependencies : undefined;
}

async function readProviders(root: string): Promise<Dependencies["providers"]> {
  let paths: string[][] = (await isDirectory(root)) ? [[]] : [];
  for (let depth = 0; depth < versionDirectoryDepth; depth++) {
    const below = await Promise.all(
      paths.map(async (path) => (await directoriesIn(join(root, ...path))).map((name) => [...path, name])),
    );
    paths = below.flat();
    if (paths.length > directoriesMax) return [];
  }
  return paths.map((path) => ({ source: path.slice(0, -1).join("/"), version: path.at(-1) ?? "" }));
}

async function directoriesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readModules(root: string): Promise<Dependencies["modules"]> {
  const text = (await isDirectory(root)) ? await readSmallFile(join(root, "modules.json")) : undefined;
  const manifest = text === undefined ? undefined : parse(text);
  if (!Value.Check(ManifestSchema, manifest)) return [];
  const modules = manifest.Modules.filter(({ Source }) => Source !== "" && !/^\.{1,2}(\/|$)/.test(Source));
  const distinct = new Map(
    modules.map(({ Source, Version = "" }) => [
      `${Source} ${Version}`,
      { source: withoutSecrets(Source), version: Version },
    ]),
  );
  return [...distinct.values()];
}

/** Addresses of repositories may have a password in them. */
function withoutSecrets(source: string): string {
  return source.replace(/\/\/[^/@]*@/, "//");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function readSmallFile(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    return size > manifestBytesMax ? undefined : await file.readFile("utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

async function isDirectory(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}
