import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor, Place } from "../access/index.ts";
import { getProjectWithBuckets, type Labels } from "../buckets/index.ts";
import type { Build } from "./build.ts";
import { searchArtifacts, type ArtifactSearch, type FoundBuild } from "./search-artifact-store.ts";

/** The builds of the project that made an image, in the buckets that the actor can see. Errors: not_found/project_not_found, invalid/external_identifier. */
export async function findBuildsOfArtifact(
  db: Db,
  actor: Actor,
  place: Place,
  search: Omit<ArtifactSearch, "projectId" | "bucketNames"> & { readonly page: KeysetPage },
): Promise<KeysetItems<FoundBuild>> {
  const { project, bucketNames } = await getProjectWithBuckets(db, actor, place);
  if (search.externalIdentifier === "") {
    throw new DomainError(
      "invalid",
      "external_identifier",
      "external_identifier is missing: it is the whole name that the platform gave the image, such as ami-12345.",
    );
  }
  return searchArtifacts(db, { ...search, projectId: project.id, bucketNames });
}

/**
 * The first build that has all these labels and, where one is named, this platform, with those of its artifacts that are
 * in the region; all of them when none is named. Undefined when there is none. Builds come in the order of their creation.
 */
export function matchLabels(
  builds: readonly Build[],
  wanted: { readonly labels: Labels; readonly platform?: string; readonly region?: string },
): Build | undefined {
  const { platform, region } = wanted;
  for (const build of builds) {
    if (!Object.entries(wanted.labels).every(([key, value]) => build.labels[key] === value)) continue;
    if (platform !== undefined && build.platform !== platform) continue;
    const artifacts = build.artifacts.filter((artifact) => region === undefined || artifact.region === region);
    if (artifacts.length > 0) return { ...build, artifacts };
  }
  return undefined;
}
