/** The shapes of `/api/v1`, for whoever calls it in TypeScript. */
export type { AlertDetail, AlertView } from "./alert-routes.ts";
export type { NotificationConfigurationList, NotificationConfigurationView } from "./notification-routes.ts";
export type { AssessmentDetailView, AssessmentView, WorkspaceHealthView } from "./assessment-routes.ts";
export type { DeliveryView } from "./present-delivery.ts";
export type { EnforcementView } from "./enforcement-routes.ts";
export type { EventView } from "./event-routes.ts";
export type { ImageUseCountView, ImageUseSummaryView, ImageUseView } from "./image-use-routes.ts";
export type { Session } from "./session-routes.ts";
export type { ImageChangeView, RunDetail, RunLog, RunPlan, RunSummary } from "./run-routes.ts";
export type { CheckView, OutputChangeView, ResourceChangeView } from "./present-plan-changes.ts";
export type { WorkspaceDetail, WorkspaceSettingsChange, WorkspaceSummary } from "./workspace-routes.ts";
export type { RevocationPreviewView } from "./revocation-routes.ts";
export type { FoundPackageView, SbomView } from "./package-routes.ts";
export type { SearchResult } from "./search-routes.ts";
export type { AuditRecord, AuditRecordList } from "./audit-routes.ts";
export type { AdvisoryImportView, CoverageView } from "./advisory-routes.ts";
export type { AffectedView, VersionVulnerabilitiesView } from "./vulnerability-routes.ts";
