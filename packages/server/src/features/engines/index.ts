export { engineId, engineKnownMs, parseEngineId, type KnownEngine } from "./engine.ts";
export { deleteSilentRunnerEngines, listEngines, type EngineFilter } from "./engine-store.ts";
export { createNoteEngines, type NoteEngines } from "./note-engines.ts";
