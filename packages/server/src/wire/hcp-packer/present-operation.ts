import type { Place } from "../../features/access/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { newUuid } from "../../platform/ids.ts";
import { presentLocation } from "./present-bucket.ts";

/** The model Operation of something that is done when its answer leaves; clients that wait for it find it done. */
export function presentFinishedOperation(place: Place, now: Millis) {
  return {
    id: newUuid(),
    state: "DONE",
    location: presentLocation(place),
    created_at: toRfc3339(now),
    updated_at: toRfc3339(now),
  };
}
