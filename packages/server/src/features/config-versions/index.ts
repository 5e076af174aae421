export {
  findConfigurationVersion,
  findConfigurationVersions,
  findNewestConfigurationVersion,
  listConfigurationBlobs,
  listConfigurationVersions,
} from "./configuration-version-store.ts";
export { type ConfigurationStatus, type ConfigurationVersion } from "./configuration-version.ts";
export {
  createConfigurationVersion,
  getConfigurationVersion,
  storeConfiguration,
  type ConfigurationDeps,
} from "./upload-configuration.ts";
