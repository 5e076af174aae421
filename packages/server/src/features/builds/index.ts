export { findArtifactsByExternalIdentifiers, type TrackedArtifact } from "./artifact-store.ts";
export { buildNotFound, type Build, type BuildChange } from "./build.ts";
export { findTrackedImages } from "./find-tracked-images.ts";
export { listBuilds, listBuildsByVersion, type BuildOrder, type BuildRef } from "./build-store.ts";
export { cancelSilentBuilds } from "./cancel-silent-builds.ts";
export { completeVersion } from "./complete-version.ts";
export {
  findReplacementVersion,
  getChannelForConsumer,
  loadChannelContent,
  type ChannelContent,
  type ReplacementVersion,
} from "./consume.ts";
export { buildsMax, createBuild } from "./create-build.ts";
export { deleteBuild } from "./delete-build.ts";
export { readBuild, readBuilds } from "./read-builds.ts";
export { findBuildsOfArtifact, matchLabels } from "./search-artifacts.ts";
export { updateBuild } from "./update-build.ts";
export { findVersionContents, getVersionContent, type VersionContent } from "./version-content-store.ts";
