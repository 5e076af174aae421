import type { ChannelContent } from "../../features/builds/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { presentVersion, type Presentation } from "./present-version.ts";
import { registryAuthor } from "./wire-words.ts";

/** The model Channel; `version` is null, and not absent, when the channel points at nothing. */
export function presentChannel({ channel, version, builds }: ChannelContent, presentation: Presentation) {
  return {
    id: channel.id,
    name: channel.name,
    bucket_name: channel.bucketName,
    author_id: channel.author ?? registryAuthor,
    created_at: toRfc3339(channel.createdAt),
    updated_at: toRfc3339(channel.updatedAt),
    version: version === null ? null : presentVersion(version, builds, presentation),
    managed: channel.managed,
    restricted: channel.restricted,
  };
}
