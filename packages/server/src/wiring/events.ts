import {
  eventRecordedJob,
  findEvent,
  deleteEventsBefore,
  type Event,
  type EventRecorded,
} from "../features/events/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

// Long enough for an auditor's question about last quarter; the table must not grow for ever.
const keptMs = 180 * 86_400_000;

/** Hands every event to whoever reacts to it. Each reaction is repeatable: a job may run again. */
export function wireEvents(foundation: Foundation, reactions: readonly ((event: Event) => Promise<void>)[]): Parts {
  const { db, now } = foundation;
  return {
    planes: [],
    jobHandlers: {
      [eventRecordedJob]: async (job) => {
        const event = await findEvent(db, (job.payload as EventRecorded).eventId);
        if (event === undefined) return;
        for (const react of reactions) await react(event);
      },
    },
    sweeps: [{ name: "old-events", everyMs: 3_600_000, run: () => deleteEventsBefore(db, now() - keptMs) }],
  };
}
