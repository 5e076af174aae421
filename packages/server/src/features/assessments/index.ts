export type { AssessmentDeps } from "./assessment-deps.ts";
export {
  compactAssessmentLog,
  readAssessmentDetail,
  readAssessmentLog,
  readAssessmentPlanJson,
} from "./assessment-files.ts";
export { findAssessment, findAssessmentByJob, listAssessmentBlobs, listAssessments } from "./assessment-store.ts";
export { createAssessmentWork } from "./assessment-work.ts";
export {
  countFailingChecks,
  hasDrifted,
  hasSucceeded,
  healthOf,
  type Assessment,
  type AssessmentCounts,
  type AssessmentDetail,
  type Health,
} from "./assessment.ts";
export { compactAssessmentLogJob, interruptAssessment } from "./end-assessment.ts";
export {
  findLatestAssessment,
  getAssessment,
  latestAssessment,
  latestAssessments,
  latestResults,
  nextAssessmentAt,
  readOutlooks,
  type AssessmentOutlook,
  type AssessmentSummary,
  type OutlookDeps,
} from "./read-assessments.ts";
export { startAssessment, startDueAssessments } from "./start-assessment.ts";
export { sweepLostAssessments } from "./sweep-lost-assessments.ts";
