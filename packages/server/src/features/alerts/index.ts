export { alertKinds, alertSeverities, visibleAlert, type Alert, type AlertKind, type AlertSeverity } from "./alert.ts";
export { countOpenAlerts, findAlert, listAlerts, type AlertFilter } from "./alert-store.ts";
export { workspacesAffected, type CheckFact, type ImageCheckFact, type WorkspaceFacts } from "./desired-alerts.ts";
export { listChannelReaders } from "./image-facts-store.ts";
export { reconcileAlertsAfter, reconcileAlertsJob, sweepAlerts, type ReconcileAlerts } from "./react-to-event.ts";
export { reconcileRevocationAlerts, reconcileWorkspaceAlerts, type AlertDeps } from "./reconcile-alerts.ts";
