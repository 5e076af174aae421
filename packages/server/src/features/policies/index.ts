export { getPolicy } from "./get-policy.ts";
export type { GivenBinding, MemberKind, Policy, PolicyBinding, PolicyMember } from "./policy.ts";
export { getPolicyResource, type PolicyTarget } from "./policy-target.ts";
export { checkAdministratorRemains, setPolicy } from "./set-policy.ts";
