export {
  createRegoEvaluator,
  opaVersion,
  type RegoEvaluator,
  type RegoQueryResult,
  type RegoSet,
  type RegoSetResult,
} from "./rego-evaluator.ts";
