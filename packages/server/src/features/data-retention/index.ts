export { changeConfigurationBackingData, changeStateBackingData, type BackingDataDeps } from "./change-backing-data.ts";
export { removeRetentionPolicy, retainData, setRetentionPolicy } from "./retain-data.ts";
export {
  findRetentionPolicy,
  listRetentionPolicies,
  type RetentionOwner,
  type RetentionPolicy,
} from "./retention-policy-store.ts";
