export {
  enqueueEvaluations,
  evaluatePolicies,
  evaluatePoliciesJob,
  type EvaluateDeps,
  type EvaluatePolicies,
} from "./evaluate-policies.ts";
export { evaluationInput, type InputVariable } from "./evaluation-input.ts";
export { listVerdicts, overrideEvaluations } from "./judge-policies.ts";
export {
  findEvaluation,
  findSetOutcome,
  listEvaluations,
  listSetOutcomes,
  pageSetOutcomes,
  type OutcomeFilter,
} from "./policy-evaluation-store.ts";
export type { OutcomeCounts, PolicyEvaluation, PolicyOutcome, PolicySetOutcome } from "./policy-evaluation.ts";
export { preparePolicies } from "./prepare-policies.ts";
