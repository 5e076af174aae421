export {
  recordRevocationsInEffect,
  versionRevocationChangedJob,
  type VersionRevocationChanged,
} from "./announce-revocation.ts";
export { deleteVersion } from "./delete-version.ts";
export { inheritFromNewParent } from "./inherit-from-new-parent.ts";
export { previewRevocation, type RevocationPreview } from "./preview-revocation.ts";
export { parseDurationMs } from "./revocation.ts";
export { restoreVersion, revokeVersion, type VersionRef } from "./revoke-version.ts";
