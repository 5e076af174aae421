export {
  findPackages,
  listBucketPackages,
  listBuildPackages,
  openSbom,
  readSbom,
  readSboms,
  type FoundPackage,
  type PackagesOfPlace,
} from "./read-sboms.ts";
export type { ListedPackage, PackageFilter, PackageOrder } from "./package-store.ts";
export type { Sbom, SbomFormat } from "./sbom.ts";
export type { UnreadableSbom } from "./sbom-store.ts";
export { createPackageSweep, removeLeftDocuments } from "./sweep-sboms.ts";
export { uploadSbom, type UploadSbomDeps } from "./upload-sbom.ts";
