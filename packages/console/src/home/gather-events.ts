import type { Event } from "../api/types.ts";

/** One line of the activity: the newest event of what it is about, and how many it stands for. */
export interface Happening {
  readonly event: Event;
  readonly steps: number;
}

/** Newest first, as given. All steps of one run become one happening at the place of the newest. */
export function gatherEvents(events: readonly Event[]): readonly Happening[] {
  const happenings: { event: Event; steps: number }[] = [];
  const runs = new Map<string, { event: Event; steps: number }>();
  const seen = new Set<string>();
  for (const event of events) {
    // Pages that were read at different times overlap.
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const run = event.kind.startsWith("run.") ? event.data["runId"] : undefined;
    const known = typeof run === "string" ? runs.get(run) : undefined;
    if (known !== undefined) {
      known.steps += 1;
      // Whoever asked for the run is written on its first event alone.
      if (known.event.actor === null && event.actor !== null) known.event = { ...known.event, actor: event.actor };
      continue;
    }
    const happening = { event, steps: 1 };
    happenings.push(happening);
    if (typeof run === "string") runs.set(run, happening);
  }
  return happenings;
}
