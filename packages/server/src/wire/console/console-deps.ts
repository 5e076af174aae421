import type { Db } from "../../db/database.ts";
import type { EventFeed } from "../../features/events/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { RateLimit } from "../../platform/rate-limit.ts";

/** Of the routes by which people sign in. */
export interface SignInDeps extends ConsoleDeps {
  /** How often one address can be wrong about a credential. */
  readonly signInRefusals: RateLimit;
}

export interface ConsoleDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly feed: EventFeed;
}
