import type { Db } from "../../db/database.ts";
import { versionName } from "../versions/index.ts";
import { depthsBelow } from "./ancestry.ts";
import { listEdgesBelow, nameVersions } from "./ancestry-store.ts";

/**
 * Every version that was built from this one, directly (depth 1) or through others, nearest first. Asks nobody whether
 * the caller may know: edges never leave a project. Two statements.
 */
export async function listDescendantVersions(
  db: Db,
  versionId: string,
): Promise<{ versionId: string; bucketName: string; versionName: string; depth: number }[]> {
  const depths = depthsBelow(versionId, await listEdgesBelow(db, versionId));
  const named = await nameVersions(db, [...depths.keys()]);
  return named
    .map((version) => ({
      versionId: version.versionId,
      bucketName: version.bucketName,
      versionName: versionName(version.number),
      depth: depths.get(version.versionId) ?? 0,
    }))
    .sort((a, b) => a.depth - b.depth || compare(a.bucketName, b.bucketName) || compare(a.versionId, b.versionId));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
