export {
  createStateVersion,
  uploadJsonState,
  uploadState,
  type NewStateVersion,
  type StateVersionDeps,
} from "./create-state-version.ts";
export { getOutput, getStateVersion, readJsonState, readState, type ReadStateDeps } from "./read-state.ts";
export { keepBeside, whyNotCurrent } from "./late-state.ts";
export { rollBackState } from "./roll-back-state.ts";
export { saveSnapshot, settleSnapshot, type Snapshot } from "./save-snapshot.ts";
export {
  countStateVersionsOfRun,
  discardPendingStateVersions,
  findCurrentStateVersion,
  findPendingStateVersion,
  findSameStateVersion,
  findStateVersion,
  listOutputs,
  listOutputsOf,
  listStateBlobs,
  listStateVersions,
  listStateVersionsById,
  lockStateVersion,
} from "./state-version-store.ts";
export type { StateVersion, StateVersionStatus, StoredOutput } from "./state-version.ts";
export { storeState, type StoredState } from "./stored-state.ts";
