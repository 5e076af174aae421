export {
  createParameter,
  deleteParameter,
  getParameter,
  listParameters,
  updateParameter,
  type ParameterChange,
} from "./edit-parameters.ts";
export type { PolicySetParameter } from "./policy-set-parameter.ts";
export {
  createPolicy,
  deletePolicy,
  downloadPolicy,
  getPolicy,
  listPolicies,
  updatePolicy,
  uploadPolicy,
  type PolicyDeps,
} from "./edit-policies.ts";
export {
  addToPolicySet,
  createPolicySet,
  deletePolicySet,
  getPolicySet,
  listPolicySets,
  removeFromPolicySet,
  updatePolicySet,
  type PolicySetChange,
  type PolicySetView,
} from "./edit-policy-sets.ts";
export { loadPolicyGroups, type PolicyGroup } from "./load-policies.ts";
export { findPolicySet, listPolicySetsFor } from "./policy-set-store.ts";
export { findVersions } from "./policy-set-version-store.ts";
export type { BundledPolicy, PolicySetVersion } from "./policy-set-version.ts";
export { memberKinds, type MemberKind, type PolicySet, type PolicySetMembers } from "./policy-set.ts";
export { findPolicies } from "./policy-store.ts";
export { isMandatory, policyKinds, policyLevels, type Policy, type PolicyKind, type PolicyLevel } from "./policy.ts";
export {
  createPolicySetVersion,
  getPolicySetVersion,
  uploadPolicySetVersion,
  type UploadVersionDeps,
} from "./upload-versions.ts";
export { removePoliciesOf } from "./remove-policies.ts";
