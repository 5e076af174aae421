import type { Db } from "../../db/database.ts";
import type { EventFeed } from "../../features/events/index.ts";
import type { Clock } from "../../platform/clock.ts";

export interface ConsoleDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly feed: EventFeed;
}
