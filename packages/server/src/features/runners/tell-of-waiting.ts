import { appendText, listWaitingPhases, lockPhase, type WaitingPhase } from "../runs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import type { RunnerDeps } from "./runner-deps.ts";

// A runner that is free asks every second; one that is busy with a plan is often done in this time.
const waitedMs = 30_000;

/**
 * Says in the logs of what has waited for a runner for half a minute what it waits for, once: a run for which there is no
 * runner must not wait in silence. Repeatable.
 */
export async function tellOfWaiting(deps: Pick<RunnerDeps, "db" | "now">): Promise<void> {
  const before: Millis = deps.now() - waitedMs;
  for (const waiting of await listWaitingPhases(deps.db, before)) {
    await deps.db.transaction().execute(async (tx) => {
      const phase = await lockPhase(tx, waiting.phaseId);
      if (phase?.status !== "queued" || phase.logBytes > 0) return;
      await appendText(tx, phase, `${waitingText(waiting)}\n`);
    });
  }
}

/** What it waits for, and what to do if nothing happens. */
export function waitingText(waiting: Omit<WaitingPhase, "phaseId">): string {
  const { kind, agentPoolName, engineName, engineVersion } = waiting;
  const whose = agentPoolName === null ? "the organization" : `the agent pool ${JSON.stringify(agentPoolName)}`;
  const engine = [engineName ?? (engineVersion === null ? null : "an engine"), engineVersion]
    .filter((word) => word !== null)
    .join(" ");
  const having = engine === "" ? "" : ` that has ${engine}`;
  return `Waiting: no runner has taken this ${kind} for ${waitedMs / 1000} seconds. It needs a runner of ${whose}${having}. They may all be busy; if there is none, start one with \`ingot runner\`.`;
}
