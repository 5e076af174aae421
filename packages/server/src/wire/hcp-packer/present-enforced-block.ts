import type { Place } from "../../features/access/index.ts";
import type { EnforcedBlock, EnforcedBlockLink, EnforcedBlockVersion } from "../../features/enforced-blocks/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { presentLocation } from "./present-bucket.ts";
import { templateTypeWords } from "./wire-words.ts";

/** The model EnforcedBlock; `latest_version` is there only where one block is read by its id. */
export function presentBlock(block: EnforcedBlock, place: Place, latest?: EnforcedBlockVersion | null) {
  return {
    id: block.id,
    name: block.name,
    location: presentLocation(place),
    labels: block.labels,
    resource_name: `packer/project/${place.projectId}/enforced-block/${block.name}`,
    ...(latest === undefined ? {} : { latest_version: latest && presentBlockVersion(latest) }),
    created_at: toRfc3339(block.createdAt),
    updated_at: toRfc3339(block.updatedAt),
  };
}

export function presentBlockVersion(version: EnforcedBlockVersion) {
  return {
    id: version.id,
    enforced_block_id: version.blockId,
    version: version.label,
    template_type: templateTypeWords[version.templateType],
    block_content: version.content,
    additional_description: version.description,
    created_at: toRfc3339(version.createdAt),
    updated_at: toRfc3339(version.updatedAt),
  };
}

/** The model EnforcedBlockDetail: one version under the id and the name of its block. */
export function presentBlockDetail(name: string, version: EnforcedBlockVersion) {
  return { id: version.blockId, name, version: presentBlockVersion(version) };
}

/** What EnforcedBlockBucket and EnforcedBlockLinkedBucket have in common. */
export function presentLink(link: EnforcedBlockLink) {
  return {
    id: link.id,
    enforced_block_id: link.blockId,
    enforced_block_version_id: link.versionId,
    created_at: toRfc3339(link.createdAt),
  };
}
