import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command-line/command.ts";
import type { DemoWorld } from "./demo-world.ts";
import type { TfeResource } from "./tfe-client.ts";

// An apply of two machines takes seconds; a runner that died is noticed after a minute.
const waitMsMax = 150_000;
const pollMs = 300;

/** Asks until there is an answer. Throws CommandError with `what` after a time that nothing in the demo needs. */
export async function waitFor<T>(
  world: Pick<DemoWorld, "signal">,
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const endsAt = performance.now() + waitMsMax;
  while (performance.now() < endsAt) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(pollMs, undefined, { signal: world.signal });
  }
  throw new CommandError(`Waited ${waitMsMax / 1000} s for ${what}, and it did not come.`);
}

/** The first run of the workspace that is not in `before`. */
export async function waitForRun(
  world: DemoWorld,
  workspaceId: string,
  before: ReadonlySet<string>,
  cause: string,
): Promise<TfeResource> {
  return waitFor(world, `a run queued by ${cause}`, async () =>
    (await world.tfe.listRuns(workspaceId)).find((run) => !before.has(run.id)),
  );
}

export const finalStatuses = ["applied", "planned_and_finished", "errored", "canceled", "force_canceled", "discarded"];

/** Shows each status that it sees until one of these is reached. */
export async function waitForStatus(
  world: DemoWorld,
  runId: string,
  statuses: readonly string[] = finalStatuses,
): Promise<TfeResource> {
  let shown = "";
  return waitFor(world, `run ${runId} to be ${statuses.join(" or ")}`, async () => {
    const run = await world.tfe.getRun(runId);
    const status = String(run.attributes["status"]);
    if (status !== shown) world.story.output(`run ${runId} is ${status}`);
    shown = status;
    return statuses.includes(status) ? run : undefined;
  });
}
