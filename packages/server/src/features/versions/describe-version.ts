import { toRfc3339 } from "../../platform/clock.ts";
import { versionName, type Version } from "./version.ts";

/** What an event about a version says in its `data`: enough to tell of it when the version is gone. */
export function describeVersion(version: Version): Readonly<Record<string, unknown>> {
  const { revocation } = version;
  return {
    bucket: version.bucketName,
    bucketId: version.bucketId,
    version: versionName(version.number),
    versionId: version.id,
    fingerprint: version.fingerprint,
    ...(revocation === null
      ? {}
      : {
          revokeAt: toRfc3339(revocation.revokeAt),
          inheritedFrom: revocation.inheritedFrom && {
            bucket: revocation.inheritedFrom.bucketName,
            version: versionName(revocation.inheritedFrom.number),
          },
          message: revocation.message,
          revokedBy: revocation.author,
          skipsDescendants: !revocation.cascades,
        }),
  };
}
