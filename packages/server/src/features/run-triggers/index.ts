export { createRunTrigger, deleteRunTrigger, getRunTrigger } from "./edit-run-triggers.ts";
export { fireRunTriggers, type RunTriggerCause } from "./fire-run-triggers.ts";
export { listRunTriggers, type Direction } from "./run-trigger-store.ts";
export { type RunTrigger } from "./run-trigger.ts";
