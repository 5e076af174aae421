import type { BucketSummary } from "../../features/buckets/index.ts";
import type { Build } from "../../features/builds/index.ts";
import type { Version } from "../../features/versions/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { ancestryHref, parentsStatus, presentVersion, type Presentation } from "./present-version.ts";
import { ancestryStatusWords } from "./wire-words.ts";

/** The model Bucket. `latest` is the version on the managed channel with its builds. */
export function presentBucket(
  bucket: BucketSummary,
  latest: { readonly version: Version; readonly builds: readonly Build[] } | null,
  presentation: Presentation,
) {
  const { place } = presentation;
  const relative = {
    bucketName: bucket.name,
    ...(latest === null ? {} : { fingerprint: latest.version.fingerprint }),
  };
  return {
    id: bucket.id,
    name: bucket.name,
    location: presentLocation(place),
    latest_version: latest === null ? null : presentVersion(latest.version, latest.builds, presentation),
    created_at: toRfc3339(bucket.createdAt),
    updated_at: toRfc3339(bucket.updatedAt),
    platforms: platformsOf(latest?.builds ?? []),
    description: bucket.description,
    labels: bucket.labels,
    // A 64-bit number is a text in this API; a number makes the whole answer fail. Source: hcp-sdk-go, `,string`.
    version_count: String(bucket.versionCount),
    parents: {
      href: ancestryHref(place, { ...relative, type: "PARENTS" }),
      status: ancestryStatusWords[parentsStatus(latest?.builds ?? [])],
    },
    children: {
      href: ancestryHref(place, { ...relative, type: "CHILDREN" }),
      status: ancestryStatusWords[bucket.children ?? "undetermined"],
    },
    resource_name: `packer/project/${place.projectId}/bucket/${bucket.name}`,
  };
}

function platformsOf(builds: readonly Build[]): string[] {
  return [...new Set(builds.map((build) => build.platform))].filter((platform) => platform !== "").sort();
}

export function presentLocation(place: Presentation["place"]) {
  return { organization_id: place.organizationId, project_id: place.projectId };
}
