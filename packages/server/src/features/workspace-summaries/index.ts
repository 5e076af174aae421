export { countBillable, type ReportedDependencies } from "./dependency.ts";
export {
  summarizeAssessment,
  summarizeDependencies,
  summarizeState,
  type AssessedCounts,
  type StateSummary,
} from "./summarize.ts";
