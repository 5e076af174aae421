export { createVersion } from "./create-version.ts";
export { describeVersion } from "./describe-version.ts";
export { readVersionContent, type BuildContent } from "./version-content-store.ts";
export {
  isRevoked,
  versionName,
  versionNotFound,
  versionStatus,
  type BuildStatus,
  type Revocation,
  type TemplateType,
  type Version,
  type VersionStatus,
} from "./version.ts";
export {
  deleteVersionRow,
  findNewestValidVersion,
  findVersion,
  findVersions,
  getVersion,
  listVersions,
  numberVersion,
  saveRevocation,
  selectVersions,
  toVersion,
  type VersionOrder,
} from "./version-store.ts";
