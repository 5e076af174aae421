import type { Db } from "../../db/database.ts";
import { versionName } from "../versions/index.ts";
import { findArtifactsByExternalIdentifiers, type TrackedArtifact } from "./artifact-store.ts";

/**
 * What each of these identifiers stands for, in one project or in all projects of an organization. When several versions
 * hold the same one, the newest complete one speaks for it. Identifiers that the registry does not know are absent.
 */
export async function findTrackedImages(
  db: Db,
  search: Parameters<typeof findArtifactsByExternalIdentifiers>[1],
): Promise<Map<string, TrackedArtifact>> {
  const images = new Map<string, TrackedArtifact>();
  // Newest version first.
  for (const artifact of await findArtifactsByExternalIdentifiers(db, search)) {
    const known = images.get(artifact.externalIdentifier);
    if (
      known === undefined ||
      (known.versionName === versionName(null) && artifact.versionName !== versionName(null))
    ) {
      images.set(artifact.externalIdentifier, artifact);
    }
  }
  return images;
}
