import type { Place } from "../../features/access/index.ts";
import { overallStatus, type AncestryStatus } from "../../features/ancestry/index.ts";
import type { Build } from "../../features/builds/index.ts";
import { versionName, versionStatus, type Version } from "../../features/versions/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { presentBuild } from "./present-build.ts";
import { ancestryStatusWords, revocationTypeWords, templateTypeWords, versionStatusWords } from "./wire-words.ts";

/** Where something is shown, and at what time. */
export interface Presentation {
  readonly place: Place;
  readonly now: Millis;
}

/** The path of the project in this API. */
function projectPath(place: Place): string {
  return `/packer/2023-01-01/organizations/${place.organizationId}/projects/${place.projectId}`;
}

/** The path that lists the relations of a bucket, of one of its versions when a fingerprint is given. */
export function ancestryHref(
  place: Place,
  relation: { readonly bucketName: string; readonly type: "PARENTS" | "CHILDREN"; readonly fingerprint?: string },
): string {
  const version = relation.fingerprint === undefined ? "" : `&version_fingerprint=${relation.fingerprint}`;
  return `${projectPath(place)}/buckets/${relation.bucketName}/ancestry?type=ANCESTRY_TYPE_${relation.type}${version}`;
}

/** The model Version with all its builds; `builds` are those of this version. */
export function presentVersion(version: Version, builds: readonly Build[], { place, now }: Presentation) {
  const { revocation } = version;
  const ancestor = revocation?.inheritedFrom ?? null;
  return {
    id: version.id,
    bucket_name: version.bucketName,
    name: versionName(version.number),
    status:
      versionStatusWords[
        versionStatus(
          version,
          builds.map((build) => build.status),
          now,
        )
      ],
    author_id: version.author,
    created_at: toRfc3339(version.createdAt),
    updated_at: toRfc3339(version.updatedAt),
    fingerprint: version.fingerprint,
    builds: builds.map(presentBuild),
    // Null and not absent or empty: an empty text would be read as the epoch. Source: go-openapi/strfmt, time.go.
    revoke_at: revocation === null ? null : toRfc3339(revocation.revokeAt),
    revocation_message: revocation?.message ?? "",
    revocation_author: revocation?.author ?? "",
    revocation_type: revocation === null ? "REVOCATION_TYPE_UNSET" : revocationTypeWords[revocation.type],
    revocation_inherited_from:
      ancestor === null
        ? null
        : {
            href: `${projectPath(place)}/buckets/${ancestor.bucketName}/versions/${ancestor.fingerprint}`,
            bucket_name: ancestor.bucketName,
            version_name: versionName(ancestor.number),
            version_id: ancestor.versionId,
            version_fingerprint: ancestor.fingerprint,
          },
    has_descendants: version.hasDescendants,
    template_type: templateTypeWords[version.templateType],
    parents: {
      href: ancestryHref(place, {
        bucketName: version.bucketName,
        type: "PARENTS",
        fingerprint: version.fingerprint,
      }),
      status: ancestryStatusWords[parentsStatus(builds)],
    },
  };
}

/** The status of all relations of these builds with their parents. */
export function parentsStatus(builds: readonly Build[]): AncestryStatus {
  return overallStatus(builds.flatMap((build) => (build.parentStatus === null ? [] : [build.parentStatus])));
}
