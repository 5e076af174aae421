export { compareApkVersions } from "./apk-order.ts";
export { compareDebVersions } from "./deb-order.ts";
export { compareMavenVersions } from "./maven-order.ts";
export { comparePep440Versions } from "./pep440-order.ts";
export { compareRpmVersions } from "./rpm-order.ts";
export { compareSemverVersions } from "./semver-order.ts";
export type { VersionOrder } from "./version-order.ts";
