import type { Relation } from "../../features/ancestry/index.ts";
import { versionName } from "../../features/versions/index.ts";
import { ancestryStatusWords } from "./wire-words.ts";

/** The model BucketAncestry. */
export function presentRelation(relation: Relation) {
  const { parent, child, channel } = relation;
  return {
    status: ancestryStatusWords[relation.status],
    parent: {
      bucket_name: parent.bucketName,
      version_name: versionName(parent.number),
      version_id: parent.versionId,
      version_fingerprint: parent.fingerprint,
      channel_name: channel?.name ?? "",
      channel_version:
        channel === null || channel.version === null
          ? null
          : {
              id: channel.version.id,
              name: versionName(channel.version.number),
              fingerprint: channel.version.fingerprint,
            },
    },
    child: {
      bucket_name: child.bucketName,
      version_name: versionName(child.number),
      version_id: child.versionId,
      version_fingerprint: child.fingerprint,
    },
  };
}
