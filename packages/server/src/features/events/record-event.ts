import type { Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { insertEvent } from "./event-store.ts";
import type { Event, NewEvent } from "./event.ts";

/** The job that is written with every event; done by those who tell people and by those who raise alerts. */
export const eventRecordedJob = "event-recorded";

export interface EventRecorded {
  readonly eventId: string;
}

/**
 * Writes down what happens, and the job of whoever reacts to it, in the transaction in which it happens: nothing is told
 * that did not happen, and nothing that happened is left untold. The caller wakes the job worker after the commit.
 */
export async function recordEvent(tx: Tx, event: NewEvent, now: Millis): Promise<Event> {
  const recorded: Event = { ...event, id: newUlid(), at: now };
  await insertEvent(tx, recorded);
  const payload: EventRecorded = { eventId: recorded.id };
  await enqueueJob(tx, { kind: eventRecordedJob, payload, uniqueKey: recorded.id }, now);
  return recorded;
}
