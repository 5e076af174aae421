import type { ClaimRequest } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { saveRunnerEngines } from "./engine-store.ts";

/** Writes down which engines a runner has, from what it says when it asks for work. */
export type NoteEngines = (runner: Actor, asked: Pick<ClaimRequest, "runner" | "engines">) => Promise<void>;

// Runners ask every few seconds and have the same engines each time.
const writeEveryMs = 3_600_000;
// Names are made up by runners; forgetting one costs a statement.
const rememberedMax = 10_000;

/** Costs a runner that has the same engines as before a statement an hour and replica. */
export function createNoteEngines(deps: { readonly db: Db; readonly now: Clock }): NoteEngines {
  const written = new Map<string, { readonly engines: string; readonly at: number }>();
  return async ({ id }, { runner, engines }) => {
    const key = `${id} ${runner}`;
    const said = JSON.stringify(engines);
    const now = deps.now();
    const before = written.get(key);
    if (before !== undefined && before.engines === said && now - before.at < writeEveryMs) return;
    const distinct = new Map(engines.map((engine) => [`${engine.name} ${engine.version}`, engine]));
    await saveRunnerEngines(deps.db, { runnerId: id, runnerName: runner, engines: [...distinct.values()] }, now);
    if (written.size >= rememberedMax) written.clear();
    written.set(key, { engines: said, at: now });
  };
}
