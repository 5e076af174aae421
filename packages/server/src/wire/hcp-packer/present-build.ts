import type { Build } from "../../features/builds/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { buildStatusWords } from "./wire-words.ts";

/** The model Build. Metadata is null wherever the specification leaves it out. */
export function presentBuild(build: Build) {
  return {
    id: build.id,
    version_id: build.versionId,
    component_type: build.componentType,
    packer_run_uuid: build.packerRunUuid,
    artifacts: build.artifacts.map((artifact) => ({
      id: artifact.id,
      external_identifier: artifact.externalIdentifier,
      region: artifact.region,
      created_at: toRfc3339(artifact.createdAt),
    })),
    platform: build.platform,
    status: buildStatusWords[build.status],
    created_at: toRfc3339(build.createdAt),
    updated_at: toRfc3339(build.updatedAt),
    source_external_identifier: build.sourceExternalIdentifier,
    labels: build.labels,
    metadata: build.metadata,
  };
}
