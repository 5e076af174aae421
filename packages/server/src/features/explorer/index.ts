export { changeSavedView, createSavedView, deleteSavedView, getSavedView } from "./edit-saved-views.ts";
export { exportRows } from "./export-rows.ts";
export {
  askedAgain,
  checkExplorerQuery,
  fieldsOf,
  type AskedFilter,
  type AskedQuery,
  type ExplorerFilter,
  type ExplorerQuery,
  type ExplorerView,
  type FieldType,
} from "./explorer-query.ts";
export { explore, listWorkspaceIdsAfter, type ExplorerRow } from "./explorer-store.ts";
export type { ExplorerScope } from "./explorer-relation-store.ts";
export { listViews } from "./saved-view-store.ts";
export type { SavedView } from "./saved-view.ts";
