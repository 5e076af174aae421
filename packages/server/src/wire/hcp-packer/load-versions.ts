import type { Db } from "../../db/database.ts";
import { listBuilds, type Build } from "../../features/builds/index.ts";
import { findVersions, type Version } from "../../features/versions/index.ts";

export interface LoadedVersion {
  readonly version: Version;
  readonly builds: readonly Build[];
}

/** These versions with their builds and without metadata, each under its id. Two statements. */
export async function loadVersions(
  db: Db,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, LoadedVersion>> {
  return withBuilds(
    db,
    await findVersions(
      db,
      ids.filter((id) => id !== null),
    ),
  );
}

/** The same, of versions that have been read. One statement. */
export async function withBuilds(
  db: Db,
  versions: readonly Version[],
  options = { withMetadata: false },
): Promise<ReadonlyMap<string, LoadedVersion>> {
  const builds = await listBuilds(
    db,
    versions.map((version) => version.id),
    options,
  );
  const byVersion = new Map<string, Build[]>();
  for (const build of builds) {
    const known = byVersion.get(build.versionId);
    if (known === undefined) byVersion.set(build.versionId, [build]);
    else known.push(build);
  }
  return new Map(versions.map((version) => [version.id, { version, builds: byVersion.get(version.id) ?? [] }]));
}
