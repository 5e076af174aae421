export { archiveChangeRequest, getChangeRequest } from "./archive-change-request.ts";
export { findChangeRequest, listChangeRequests } from "./change-request-store.ts";
export type { Author, BulkAction, ChangeRequest } from "./change-request.ts";
export { doBulkAction } from "./do-bulk-action.ts";
export {
  bulkActionJob,
  startBulkAction,
  type BulkActionJob,
  type NewBulkAction,
  type StartBulkActionDeps,
} from "./start-bulk-action.ts";
