import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { listEventsSince } from "./event-store.ts";
import type { Event } from "./event.ts";

export interface EventListener {
  readonly onEvent: (event: Event) => void;
  readonly onClose: () => void;
}

export interface EventFeed {
  /** Calls back with every event of any organization from now on, soon after its commit. Returns what ends it. */
  listen(listener: EventListener): () => void;
  /** Tells every listener that nothing follows. */
  close(): void;
}

const pollMs = 500;
// An event is visible when its transaction commits, which may be after younger ones; what is seen twice is told once.
const overlapMs = 15_000;
const eventsMax = 1000;

/**
 * Reads the events of all replicas from the database, one statement per half second however many listen, none while nobody
 * does.
 */
export function createEventFeed(deps: { readonly db: Db; readonly now: Clock; readonly logger: Logger }): EventFeed {
  const listeners = new Set<EventListener>();
  let reading: { stopped: boolean } | undefined;

  function start(): void {
    const startedAt = deps.now();
    const told = new Map<string, number>();
    const loop = { stopped: false };
    reading = loop;

    async function poll(): Promise<void> {
      const since = Math.max(deps.now() - overlapMs, startedAt);
      for (const event of await listEventsSince(deps.db, since, eventsMax)) {
        if (told.has(event.id)) continue;
        told.set(event.id, event.at);
        for (const listener of listeners) listener.onEvent(event);
      }
      for (const [id, at] of told) if (at < since) told.delete(id);
    }

    function schedule(): void {
      setTimeout(() => {
        if (loop.stopped) return;
        poll()
          .catch((error: unknown) => deps.logger.warn({ err: error }, "the event feed could not be read"))
          .finally(schedule);
      }, pollMs).unref();
    }
    schedule();
  }

  function stop(): void {
    if (reading !== undefined) reading.stopped = true;
    reading = undefined;
  }

  return {
    listen(listener) {
      listeners.add(listener);
      if (reading === undefined) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    close() {
      stop();
      for (const listener of listeners) listener.onClose();
      listeners.clear();
    },
  };
}
