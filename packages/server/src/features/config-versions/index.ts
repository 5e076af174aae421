export {
  findConfigurationVersion,
  findConfigurationVersions,
  findNewestConfigurationVersion,
  listConfigurationBlobs,
  listConfigurationVersions,
  listCurrentConfigurationIds,
  lockConfigurationVersion,
  markArchived,
} from "./configuration-version-store.ts";
export {
  configurationVersionNotFound,
  type ConfigurationStatus,
  type ConfigurationVersion,
} from "./configuration-version.ts";
export {
  createConfigurationVersion,
  getConfigurationVersion,
  readConfiguration,
  storeConfiguration,
  type ConfigurationDeps,
} from "./upload-configuration.ts";
