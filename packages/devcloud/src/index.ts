export { installProvider, mirrorCliConfiguration } from "./install-provider.ts";
export { serveProvider } from "./serve-provider.ts";
export { deleteMachine, listMachines, updateMachine, type Machine } from "./world.ts";
